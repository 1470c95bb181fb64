/** `/webhooks` and `/webhooks/{id}`: shows where somebody is told, and what was delivered; adds, ends, sends again. */
import { Hono, type Context } from 'hono'
import { clientsDocument } from '../../clients/client-document.ts'
import type { CatalogApp, World } from '../../env.ts'
import { webhookSchema } from '../../notices/webhook-store.ts'
import {
  endWebhook,
  makeWebhook,
  retryDelivery,
  webhookDocument,
  webhooksDocument,
} from '../../notices/webhooks.ts'
import type { Session } from '../../people/sessions.ts'
import { plainText } from '../plain-text.ts'
import { readerOrRefuse } from '../../people/who.ts'
import { answerForm, FormMistake, showSignedIn, type Acts } from './acting.tsx'
import { blank, type Filled } from './form-parts.tsx'
import { answerMarkdown, markdownName } from './markdown-file.ts'
import { webhookMarkdown, webhooksMarkdown } from './webhooks-markdown.ts'
import { webhookPage } from './webhook-page.tsx'
import { newWebhookPage, webhooksPage } from './webhooks-page.tsx'

type C = Context<CatalogApp>

/** The routes. */
export function webhookPageRoutes(world: World) {
  const showAll = async (c: C, session: Session, filled: Filled = blank) => {
    const [{ webhooks }, { clients }] = await Promise.all([
      webhooksDocument(c.env, session.person),
      clientsDocument(c.env, session.person, null),
    ])
    const domains = session.person.roles
      .filter(({ role }) => role === 'owner')
      .map(({ domain }) => `domain:${domain}`)
    const consumers = clients.filter(({ kind }) => kind === 'consumer').map(({ id }) => `consumer:${id}`)
    const owners = [...domains, ...consumers]
    return webhooksPage({ webhooks: plainText(webhooks), owners, session, filled, done: c.req.query('done') })
  }
  const show = async (c: C, session: Session, filled: Filled = blank) => {
    const webhook = plainText(await webhookDocument(c.env, session.person, c.req.param('id') ?? ''))
    return webhookPage({ webhook, session, filled, done: c.req.query('done') })
  }
  return (
    new Hono<CatalogApp>()
      .get('/webhooks', (c) => showSignedIn(c, world, (session) => showAll(c, session)))
      .get('/webhooks.md', async (c) => {
        const { webhooks } = await webhooksDocument(c.env, await readerOrRefuse(c, world))
        return answerMarkdown(c, webhooksMarkdown(plainText(webhooks)))
      })
      // Programs post to /webhooks itself.
      .get('/webhooks/new', (c) => c.redirect('/webhooks', 303))
      .post('/webhooks/new', (c) =>
        answerForm(c, world, {
          acts: { make_webhook: makerIn(c) },
          again: (session, filled) => showAll(c, session, filled),
        }),
      )
      .get('/webhooks/:id', async (c) => {
        const id = markdownName(c.req.param('id'))
        if (id === null) return showSignedIn(c, world, (session) => show(c, session))
        const webhook = await webhookDocument(c.env, await readerOrRefuse(c, world), id)
        return answerMarkdown(c, webhookMarkdown(plainText(webhook)))
      })
      .post('/webhooks/:id', (c) =>
        answerForm(c, world, {
          acts: actsOn(c.req.param('id')),
          again: (session, filled) => show(c, session, filled),
        }),
      )
  )
}

const makerIn =
  ({ env }: C): Acts[string] =>
  async ({ form, scene, session }) => {
    const [owner_kind, owner] = (form.get('webhook_owner') ?? '').split(':', 2)
    const url = (form.get('url') ?? '').trim()
    const wanted = webhookSchema.safeParse({ owner_kind, owner, url })
    if (!wanted.success) throw new FormMistake({ webhook_owner: 'Choose who shall be told.' })
    if (!URL.canParse(url)) throw new FormMistake({ url: 'Write the whole address: https://…' })
    return {
      once: newWebhookPage({ ...(await makeWebhook(env, scene, session.person, wanted.data)), session }),
    }
  }

function actsOn(id: string): Acts {
  return {
    async end_webhook({ scene, session: { person } }) {
      await endWebhook(scene, person, id)
      return { to: `/webhooks/${id}`, outcome: 'webhook_ended' }
    },
    async retry({ form, scene, session: { person } }) {
      await retryDelivery(scene, person, { webhook: id, notice: form.get('notice') ?? '' })
      return { to: `/webhooks/${id}`, outcome: 'sent_again' }
    },
  }
}
