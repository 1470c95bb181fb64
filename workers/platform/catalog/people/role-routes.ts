/** Roles over the JSON interface. */
import { Hono } from 'hono'
import type { CatalogApp, World } from '../env.ts'
import { plainJson } from '../pages/plain-text.ts'
import { CatalogError } from '../problems.ts'
import { readJson } from '../read-body.ts'
import { changeRole, listRoles, roleSchema } from './roles.ts'
import { bearerActor, readerOf } from './who.ts'

/** `POST /roles` `{person, domain, role}`, with a key; `GET /roles.json?domain=`, with a key or a session. */
export function roleRoutes(world: World) {
  const { now, newId } = world
  return new Hono<CatalogApp>()
    .post('/roles', async (c) => {
      const actor = await bearerActor(c, world)
      const change = await readJson(c, roleSchema)
      await changeRole({ db: c.env.DB, at: new Date(now()).toISOString(), newId }, actor, change)
      return c.json(change)
    })
    .get('/roles.json', async (c) => {
      const reader = await readerOf(c, world)
      if (!reader) throw new CatalogError('sign_in_needed', 'Sign in, or send a key.')
      const domain = c.req.query('domain') ?? ''
      const roles = await listRoles(c.env.DB, reader, domain)
      // Names are what people call themselves at their provider.
      return c.body(plainJson({ domain, roles }), 200, { 'content-type': 'application/json' })
    })
}
