/** `/products/{id}/request`: shows the form, and takes it. */
import { Hono, type Context } from 'hono'
import { clientsDocument } from '../../clients/client-document.ts'
import type { CatalogApp, CatalogEnv, World } from '../../env.ts'
import { ask, longestDays } from '../../grants/ask.ts'
import type { Session } from '../../people/sessions.ts'
import { CatalogError } from '../../problems.ts'
import { findProduct } from '../../products/product-store.ts'
import { plainText } from '../plain-text.ts'
import { answerForm, FormMistake, fresh, showSignedIn, type Acted, type Doing } from './acting.tsx'
import type { Filled } from './form-parts.tsx'
import { readTerms } from './read-terms.ts'
import { requestFormPage } from './request-form-page.tsx'

type C = Context<CatalogApp>

/** Proposed as the last day: shorter than the longest, so that somebody looks again. */
const proposedDays = longestDays / 2

/** The routes. */
export function requestFormRoutes(world: World) {
  const productOf = async (c: C) => {
    const asked = c.req.query('major')
    const major = asked === undefined ? undefined : /^[1-9]\d{0,3}$/.test(asked) ? Number(asked) : 0
    const product = await findProduct(c.env.DB, c.req.param('id') ?? '', major)
    if (!product) throw new CatalogError('product_unknown', 'No such product is registered.')
    return product
  }
  const show = async (c: C, session: Session, filled: Filled) => {
    const [product, clients] = await Promise.all([productOf(c), consumersOf(c.env, session)])
    return requestFormPage({ product: plainText(product), consumers: clients, session, filled })
  }
  const send = async (c: C, { form, session, scene }: Doing): Promise<Acted> => {
    const { id, major, contract } = await productOf(c)
    const { terms, mistakes } = readTerms(form, { contract, now: scene.at })
    const [consumer, purpose] = [form.get('consumer') ?? '', (form.get('purpose') ?? '').trim()]
    const all = {
      ...(consumer === '' ? { consumer: 'Choose for whom you ask.' } : {}),
      ...(purpose === '' ? { purpose: 'Say what it is for.' } : {}),
      ...(purpose.length > 500 ? { purpose: 'Say it in at most 500 characters.' } : {}),
      ...mistakes,
    }
    if (Object.keys(all).length > 0) throw new FormMistake(all)
    const request = await ask(scene, session.person, { consumer, product: id, major, purpose }, terms)
    return { to: `/requests/${request.id}`, outcome: request.state === 'approved' ? 'granted' : 'asked' }
  }
  return new Hono<CatalogApp>()
    .get('/products/:id/request', (c) =>
      showSignedIn(c, world, (session) => show(c, session, fresh(proposal(world.now())))),
    )
    .post('/products/:id/request', (c) =>
      answerForm(c, world, {
        acts: { ask: (doing) => send(c, doing) },
        again: (session, filled) => show(c, session, filled),
      }),
    )
}

const proposal = (now: number): URLSearchParams =>
  new URLSearchParams({ ends_on: new Date(now + proposedDays * 86_400_000).toISOString().slice(0, 10) })

async function consumersOf(env: CatalogEnv, { person }: Session) {
  const { clients } = await clientsDocument(env, person, null)
  return clients.filter(({ kind }) => kind === 'consumer')
}
