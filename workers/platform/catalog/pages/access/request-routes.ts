/** `/requests/{id}`: shows a request, and takes what is decided. */
import { Hono, type Context } from 'hono'
import type { CatalogApp, World } from '../../env.ts'
import { approve, refuse, withdraw } from '../../grants/decide.ts'
import { findGrant } from '../../grants/grant-store.ts'
import { holds, type RequestState } from '../../grants/grant.ts'
import { requestSeen } from '../../grants/sight.ts'
import type { Actor } from '../../people/actor.ts'
import type { Session } from '../../people/sessions.ts'
import { findProduct } from '../../products/product-store.ts'
import { plainText } from '../plain-text.ts'
import { requestMarkdown } from './access-markdown.ts'
import { readerOrRefuse } from '../../people/who.ts'
import { answerForm, FormMistake, showSignedIn, type Acts } from './acting.tsx'
import { readActorNames } from './actor-names.ts'
import type { Filled } from './form-parts.tsx'
import { answerMarkdown, markdownName } from './markdown-file.ts'
import { readReason, reasonMistakes } from './read-reason.ts'
import { filledOver, readTerms } from './read-terms.ts'
import { requestPage } from './request-page.tsx'

type C = Context<CatalogApp>

/** The routes. */
export function requestPageRoutes(world: World) {
  const read = async ({ env: { DB } }: C, actor: Actor, id: string) => {
    const { it: request, owns, speaks } = await requestSeen(DB, actor, id)
    const [product, grant, names] = await Promise.all([
      findProduct(DB, request.product, request.major),
      findGrant(DB, request),
      readActorNames(DB, [request.asked_by, request.decided_by]),
    ])
    const held = grant && holds(grant, new Date(world.now()).toISOString()) ? grant : null
    return plainText({ request, product, held, owns, speaks, names })
  }
  const show = async (c: C, session: Session, filled?: Filled) => {
    const content = await read(c, session.person, c.req.param('id') ?? '')
    // An address that somebody sent claims nothing that is not so.
    const said = c.req.query('done') ?? ''
    const done = outcomesOf[content.request.state].includes(said) ? said : undefined
    return requestPage({ ...content, session, done, filled: filledOver(content.request.wants, filled) })
  }
  return new Hono<CatalogApp>()
    .get('/requests/:id', async (c) => {
      const id = markdownName(c.req.param('id'))
      if (id === null) return showSignedIn(c, world, (session) => show(c, session))
      return answerMarkdown(c, requestMarkdown(await read(c, await readerOrRefuse(c, world), id)))
    })
    .post('/requests/:id', (c) =>
      answerForm(c, world, {
        acts: actsOn(c.env.DB, c.req.param('id')),
        again: (session, filled) => show(c, session, filled),
      }),
    )
}

const outcomesOf: Readonly<Record<RequestState, readonly string[]>> = {
  waiting: ['asked'],
  approved: ['approved', 'granted'],
  refused: ['refused'],
  withdrawn: ['withdrawn'],
}

function actsOn(db: D1Database, id: string): Acts {
  const to = `/requests/${id}`
  return {
    async approve({ scene, session: { person } }) {
      await approve(scene, person, id)
      return { to, outcome: 'approved' }
    },
    async approve_less({ form, scene, session: { person } }) {
      const { it: request } = await requestSeen(db, person, id)
      const product = await findProduct(db, request.product, request.major)
      if (!product) throw new FormMistake({ form: 'The product is not registered any more.' })
      const { contract } = product
      const { terms, mistakes } = readTerms(form, { contract, before: request.wants, now: scene.at })
      const note = (form.get('note') ?? '').trim()
      const all = { ...mistakes, ...(note === '' ? {} : reasonMistakes(form, 'note')) }
      if (Object.keys(all).length > 0) throw new FormMistake(all)
      await approve(scene, person, id, { terms, ...(note === '' ? {} : { reason: note }) })
      return { to, outcome: 'approved' }
    },
    async refuse({ form, scene, session: { person } }) {
      await refuse(scene, person, id, { reason: readReason(form, 'reason') })
      return { to, outcome: 'refused' }
    },
    async withdraw({ scene, session: { person } }) {
      await withdraw(scene, person, id)
      return { to, outcome: 'withdrawn' }
    },
  }
}
