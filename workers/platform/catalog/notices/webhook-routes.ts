/** Webhooks for programs: what is changed here takes a key, and never a session. */
import { Hono } from 'hono'
import { sceneOf, type CatalogApp, type World } from '../env.ts'
import { bearerActor, readerOrRefuse } from '../people/who.ts'
import { readJson } from '../read-body.ts'
import { webhookSchema } from './webhook-store.ts'
import { endWebhook, makeWebhook, retryDelivery, webhookDocument, webhooksDocument } from './webhooks.ts'

/** `POST /webhooks`, `GET /webhooks.json`, `GET /webhooks/{id}.json`, `POST /webhooks/{id}/end`, `POST /webhooks/{id}/deliveries/{notice}/retry`. */
export function webhookRoutes(world: World) {
  return new Hono<CatalogApp>()
    .post('/webhooks', async (c) => {
      const actor = await bearerActor(c, world)
      const wanted = await readJson(c, webhookSchema)
      c.header('cache-control', 'no-store')
      return c.json(await makeWebhook(c.env, sceneOf(c.env, world), actor, wanted), 201)
    })
    .get('/webhooks.json', async (c) => c.json(await webhooksDocument(c.env, await readerOrRefuse(c, world))))
    .get('/webhooks/:file{[A-Za-z0-9_-]+\\.json}', async (c) =>
      c.json(
        await webhookDocument(
          c.env,
          await readerOrRefuse(c, world),
          c.req.param('file').slice(0, -'.json'.length),
        ),
      ),
    )
    .post('/webhooks/:id/end', async (c) => {
      await endWebhook(sceneOf(c.env, world), await bearerActor(c, world), c.req.param('id'))
      return c.body(null, 204)
    })
    .post('/webhooks/:id/deliveries/:notice/retry', async (c) => {
      const { id: webhook, notice } = c.req.param()
      await retryDelivery(sceneOf(c.env, world), await bearerActor(c, world), { webhook, notice })
      return c.body(null, 204)
    })
}
