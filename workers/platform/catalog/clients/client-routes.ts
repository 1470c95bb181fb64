/** Clients and their keys, for programs: what is changed here takes a key, and never a session. */
import { Hono } from 'hono'
import * as z from 'zod'
import { sceneOf, type CatalogApp, type World } from '../env.ts'
import { bearerActor, readerOrRefuse } from '../people/who.ts'
import { CatalogError } from '../problems.ts'
import { readJson } from '../read-body.ts'
import { clientDocument, clientsDocument } from './client-document.ts'
import { clientSchema } from './client-store.ts'
import { declareKey, makeKey, revokeKey, wantedKeySchema } from './keys.ts'
import { makeClient } from './make.ts'

/** `secret_hash`: SHA-256, base64url, of a key that the operator made itself, as `mesh dev` does. */
const bodySchema = clientSchema.extend({
  secret_hash: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/)
    .optional(),
})

/** `POST /clients`, `GET /clients.json`, `GET /clients/{id}.json`, `POST /clients/{id}/keys`, `POST /clients/{id}/keys/{key}/revoke`. */
export function clientRoutes(world: World) {
  return new Hono<CatalogApp>()
    .post('/clients', async (c) => {
      const actor = await bearerActor(c, world)
      const { secret_hash, ...client } = await readJson(c, bodySchema)
      if (secret_hash !== undefined && actor.kind !== 'operator')
        throw new CatalogError(
          'owner_only',
          'secret_hash is for the operator; POST /clients/<id>/keys makes a key.',
        )
      const made = await makeClient(sceneOf(c.env, world), actor, client)
      if (secret_hash !== undefined) await declareKey(sceneOf(c.env, world), actor, made, secret_hash)
      return c.json(made)
    })
    .get('/clients.json', async (c) =>
      c.json(await clientsDocument(c.env, await readerOrRefuse(c, world), c.req.query('domain') ?? null)),
    )
    .get('/clients/:file{[a-z0-9.-]+\\.json}', async (c) =>
      c.json(
        await clientDocument(
          c.env,
          await readerOrRefuse(c, world),
          c.req.param('file').slice(0, -'.json'.length),
        ),
      ),
    )
    .post('/clients/:id/keys', async (c) => {
      const actor = await bearerActor(c, world)
      const wanted = await readJson(c, wantedKeySchema)
      const parts = { environment: c.env.ENVIRONMENT, secret: world.newSecret() }
      c.header('cache-control', 'no-store')
      return c.json(await makeKey(sceneOf(c.env, world), actor, c.req.param('id'), wanted, parts), 201)
    })
    .post('/clients/:id/keys/:key/revoke', async (c) => {
      const actor = await bearerActor(c, world)
      await revokeKey(sceneOf(c.env, world), actor, c.req.param('id'), c.req.param('key'))
      return c.body(null, 204)
    })
}
