/** `/access`: shows what somebody has to do with access, and makes consumers. */
import { clientIdSchema } from '@meshloop/access/claims'
import { Hono, type Context } from 'hono'
import type { CatalogApp, World } from '../../env.ts'
import { clientsDocument } from '../../clients/client-document.ts'
import { findClient } from '../../clients/client-store.ts'
import { makeClient } from '../../clients/make.ts'
import { accessDocument } from '../../grants/documents.ts'
import { decidesFor, type Actor } from '../../people/actor.ts'
import type { Session } from '../../people/sessions.ts'
import { domainOf } from '../../products/product.ts'
import { createAskUsage } from '../../products/usage.ts'
import { plainText } from '../plain-text.ts'
import { accessMarkdown } from './access-markdown.ts'
import { accessPage } from './access-page.tsx'
import { readerOrRefuse } from '../../people/who.ts'
import { answerForm, FormMistake, showSignedIn, type Acted, type Doing } from './acting.tsx'
import { blank, type Filled } from './form-parts.tsx'
import { answerMarkdown } from './markdown-file.ts'

type C = Context<CatalogApp>

/** The routes. */
export function accessPageRoutes(world: World) {
  const askUsage = createAskUsage(world)
  const read = async ({ env }: C, actor: Actor) => {
    const at = new Date(world.now()).toISOString()
    const [document, { clients }] = await Promise.all([
      accessDocument(env, { actor, at, askUsage }),
      clientsDocument(env, actor, null),
    ])
    return plainText({ document, clients, at })
  }
  const show = async (c: C, session: Session, filled: Filled = blank) =>
    accessPage({ ...(await read(c, session.person)), session, filled, done: c.req.query('done') })
  return new Hono<CatalogApp>()
    .get('/access', (c) => showSignedIn(c, world, (session) => show(c, session)))
    .get('/access.md', async (c) =>
      answerMarkdown(c, accessMarkdown(await read(c, await readerOrRefuse(c, world)))),
    )
    .post('/access', (c) =>
      answerForm(c, world, {
        acts: { make_consumer: makeConsumer },
        again: (session, filled) => show(c, session, filled),
      }),
    )
}

async function makeConsumer({ form, scene, session: { person } }: Doing): Promise<Acted> {
  const id = (form.get('consumer_id') ?? '').trim()
  const wrong = (words: string) => new FormMistake({ consumer_id: words })
  if (!clientIdSchema.safeParse(id).success)
    throw wrong(
      'Write it like growth.weekly-report: small letters, digits and dashes, with a dot between the parts.',
    )
  const domain = domainOf(id)
  if (!decidesFor(person, domain)) throw wrong(`You are no owner of ${domain}.`)
  // A form makes; what is there already is changed by nobody who only wanted the name.
  if (await findClient(scene.db, id)) throw wrong(`There is a client ${id} already. Choose another name.`)
  await makeClient(scene, person, { id, kind: 'consumer', domain, products: [], decides: false })
  return { to: `/clients/${id}`, outcome: 'client_made' }
}
