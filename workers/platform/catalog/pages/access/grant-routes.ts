/** `/grants/{id}`: shows a grant, and takes how it is narrowed or ended. */
import { Hono, type Context } from 'hono'
import type { CatalogApp, World } from '../../env.ts'
import { change, revoke } from '../../grants/change.ts'
import { grantDocument } from '../../grants/documents.ts'
import { grantSeen } from '../../grants/sight.ts'
import type { Actor } from '../../people/actor.ts'
import type { Session } from '../../people/sessions.ts'
import { findProduct } from '../../products/product-store.ts'
import { createAskUsage } from '../../products/usage.ts'
import { plainText } from '../plain-text.ts'
import { grantMarkdown } from './access-markdown.ts'
import { readerOrRefuse } from '../../people/who.ts'
import { answerForm, FormMistake, showSignedIn, type Acts } from './acting.tsx'
import { readActorNames } from './actor-names.ts'
import type { Filled } from './form-parts.tsx'
import { grantPage } from './grant-page.tsx'
import { answerMarkdown, markdownName } from './markdown-file.ts'
import { readReason, reasonMistakes } from './read-reason.ts'
import { filledOver, readTerms } from './read-terms.ts'

type C = Context<CatalogApp>

/** The routes. */
export function grantPageRoutes(world: World) {
  const askUsage = createAskUsage(world)
  const read = async ({ env }: C, actor: Actor, id: string) => {
    const at = new Date(world.now()).toISOString()
    const document = await grantDocument(env, { actor, at, askUsage }, id)
    const [product, names] = await Promise.all([
      findProduct(env.DB, document.grant.product, document.grant.major),
      readActorNames(
        env.DB,
        document.history.map(({ by }) => by),
      ),
    ])
    return plainText({ document, product, names, at })
  }
  const show = async (c: C, session: Session, filled?: Filled) => {
    const content = await read(c, session.person, c.req.param('id') ?? '')
    // An address that somebody sent claims nothing that is not so.
    const { revoked_at, version } = content.document.grant
    const said = c.req.query('done')
    const isSo =
      said === 'revoked' ? revoked_at !== null : said === 'changed' && revoked_at === null && version > 1
    const done = isSo ? said : undefined
    return grantPage({ ...content, session, done, filled: filledOver(content.document.grant, filled) })
  }
  return new Hono<CatalogApp>()
    .get('/grants/:id', async (c) => {
      const id = markdownName(c.req.param('id'))
      if (id === null) return showSignedIn(c, world, (session) => show(c, session))
      return answerMarkdown(c, grantMarkdown(await read(c, await readerOrRefuse(c, world), id)))
    })
    .post('/grants/:id', (c) =>
      answerForm(c, world, {
        acts: actsOn(c.env.DB, c.req.param('id')),
        again: (session, filled) => show(c, session, filled),
      }),
    )
}

function actsOn(db: D1Database, id: string): Acts {
  const to = `/grants/${id}`
  return {
    async narrow({ form, scene, session: { person } }) {
      const { it: grant } = await grantSeen(db, person, id)
      const product = await findProduct(db, grant.product, grant.major)
      if (!product) throw new FormMistake({ form: 'The product is not registered any more.' })
      const { contract } = product
      const { terms, mistakes } = readTerms(form, { contract, before: grant, now: scene.at })
      const all = { ...mistakes, ...reasonMistakes(form, 'reason') }
      if (Object.keys(all).length > 0) throw new FormMistake(all)
      // Every form of the page says which version it shows.
      const version = Number(form.get('version'))
      await change(scene, person, id, { terms, reason: readReason(form, 'reason'), version })
      return { to, outcome: 'changed' }
    },
    async revoke({ form, scene, session: { person } }) {
      await revoke(scene, person, id, { reason: readReason(form, 'revoke_reason') })
      return { to, outcome: 'revoked' }
    },
  }
}
