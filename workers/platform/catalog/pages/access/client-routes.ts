/** `/clients/{id}`: shows a client with its keys, makes keys and takes them back. */
import { Hono, type Context } from 'hono'
import type { CatalogApp, World } from '../../env.ts'
import { clientDocument } from '../../clients/client-document.ts'
import { makeKey, revokeKey } from '../../clients/keys.ts'
import { listGrantsSeen } from '../../grants/access-lists.ts'
import type { Actor } from '../../people/actor.ts'
import type { Session } from '../../people/sessions.ts'
import { plainText } from '../plain-text.ts'
import { clientMarkdown } from './access-markdown.ts'
import { readerOrRefuse } from '../../people/who.ts'
import { answerForm, FormMistake, showSignedIn, type Acts } from './acting.tsx'
import { clientPage, newKeyPage } from './client-page.tsx'
import { blank, type Filled } from './form-parts.tsx'
import { answerMarkdown, markdownName } from './markdown-file.ts'
import { lastMoment } from './read-terms.ts'

type C = Context<CatalogApp>

/** The routes. */
export function clientPageRoutes(world: World) {
  const read = async ({ env }: C, actor: Actor, id: string) => {
    const at = new Date(world.now()).toISOString()
    const client = await clientDocument(env, actor, id)
    const { items: grants } = await listGrantsSeen(env.DB, actor, { consumer: id })
    return plainText({ client, grants, at })
  }
  const show = async (c: C, session: Session, filled: Filled = blank) =>
    clientPage({
      ...(await read(c, session.person, c.req.param('id') ?? '')),
      session,
      filled,
      done: c.req.query('done'),
    })
  return new Hono<CatalogApp>()
    .get('/clients/:id', async (c) => {
      const id = markdownName(c.req.param('id'))
      if (id === null) return showSignedIn(c, world, (session) => show(c, session))
      return answerMarkdown(c, clientMarkdown(await read(c, await readerOrRefuse(c, world), id)))
    })
    .post('/clients/:id', (c) =>
      answerForm(c, world, {
        acts: actsOn(c, world, c.req.param('id')),
        again: (session, filled) => show(c, session, filled),
      }),
    )
}

function actsOn({ env }: C, { newSecret }: World, id: string): Acts {
  return {
    async make_key({ form, scene, session }) {
      const day = form.get('key_ends_on') ?? ''
      const ends_at = day === '' ? null : lastMoment(day)
      if (ends_at === undefined) throw new FormMistake({ key_ends_on: 'Write the day as 2027-01-31.' })
      if (ends_at !== null && ends_at <= scene.at)
        throw new FormMistake({ key_ends_on: 'This day has passed.' })
      const parts = { environment: env.ENVIRONMENT, secret: newSecret() }
      const made = await makeKey(scene, session.person, id, { ends_at }, parts)
      return { once: newKeyPage({ id, made, session }) }
    },
    async revoke_key({ form, scene, session: { person } }) {
      await revokeKey(scene, person, id, form.get('key') ?? '')
      return { to: `/clients/${id}`, outcome: 'key_revoked' }
    },
  }
}
