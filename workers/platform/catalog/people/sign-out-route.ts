/** Ends a session, however it was begun. */
import { sha256 } from '@meshloop/contract'
import { Hono } from 'hono'
import type { CatalogApp, World } from '../env.ts'
import { readForm } from './forms.ts'
import { readSessionCookie, setSessionCookie } from './session-cookie.ts'
import { endSessionStatement } from './sessions.ts'

/** `POST /sign-out`: a form of a page of this site, since another site shall not end a session either. */
export function signOutRoute(world: World) {
  return new Hono<CatalogApp>().post('/sign-out', async (c) => {
    await readForm(c, world)
    const secret = readSessionCookie(c) ?? ''
    await endSessionStatement(c.env.DB, await sha256(secret)).run()
    setSessionCookie(c, null)
    return c.redirect(`${c.env.ISSUER}/`, 303)
  })
}
