/** Roles over the JSON interface. */
import { Hono } from 'hono'
import { sceneOf, type CatalogApp, type World } from '../env.ts'
import { plainJson } from '../pages/plain-text.ts'
import { readJson } from '../read-body.ts'
import { changeRole, listRoles, roleSchema } from './roles.ts'
import { bearerActor, readerOrRefuse } from './who.ts'

/** `POST /roles` `{person, domain, role}`, with a key; `GET /roles.json?domain=`, with a key or a session. */
export function roleRoutes(world: World) {
  return new Hono<CatalogApp>()
    .post('/roles', async (c) => {
      const actor = await bearerActor(c, world)
      const change = await readJson(c, roleSchema)
      await changeRole(sceneOf(c.env, world), actor, change)
      return c.json(change)
    })
    .get('/roles.json', async (c) => {
      const reader = await readerOrRefuse(c, world)
      const domain = c.req.query('domain') ?? ''
      const roles = await listRoles(c.env.DB, reader, domain)
      // Names are what people call themselves at their provider.
      return c.body(plainJson({ domain, roles }), 200, { 'content-type': 'application/json' })
    })
}
