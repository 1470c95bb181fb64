/** Webhooks for programs: what is changed here takes a key, and never a session. */
import { Hono, type Context } from 'hono'
import type { CatalogApp, Scene, World } from '../env.ts'
import type { Actor } from '../people/actor.ts'
import { bearerActor, readerOf } from '../people/who.ts'
import { CatalogError } from '../problems.ts'
import { readJson } from '../read-body.ts'
import { webhookSchema } from './webhook-store.ts'
import { endWebhook, makeWebhook, retryDelivery, webhookDocument, webhooksDocument } from './webhooks.ts'

type C = Context<CatalogApp>

/** `POST /webhooks`, `GET /webhooks.json`, `GET /webhooks/{id}.json`, `POST /webhooks/{id}/end`, `POST /webhooks/{id}/deliveries/{notice}/retry`. */
export function webhookRoutes(world: World) {
  const sceneOf = (c: C): Scene => ({
    db: c.env.DB,
    at: new Date(world.now()).toISOString(),
    newId: world.newId,
  })
  const reader = async (c: C): Promise<Actor> => {
    const actor = await readerOf(c, world)
    if (actor) return actor
    throw new CatalogError('client_key_missing', 'Send "Authorization: Bearer <key>", or sign in.')
  }

  return new Hono<CatalogApp>()
    .post('/webhooks', async (c) => {
      const actor = await bearerActor(c, world)
      const wanted = await readJson(c, webhookSchema)
      c.header('cache-control', 'no-store')
      return c.json(await makeWebhook(c.env, sceneOf(c), actor, wanted), 201)
    })
    .get('/webhooks.json', async (c) => c.json(await webhooksDocument(c.env, await reader(c))))
    .get('/webhooks/:file{[A-Za-z0-9_-]+\\.json}', async (c) =>
      c.json(await webhookDocument(c.env, await reader(c), c.req.param('file').slice(0, -'.json'.length))),
    )
    .post('/webhooks/:id/end', async (c) => {
      await endWebhook(sceneOf(c), await bearerActor(c, world), c.req.param('id'))
      return c.body(null, 204)
    })
    .post('/webhooks/:id/deliveries/:notice/retry', async (c) => {
      const { id: webhook, notice } = c.req.param()
      await retryDelivery(sceneOf(c), await bearerActor(c, world), { webhook, notice })
      return c.body(null, 204)
    })
}
