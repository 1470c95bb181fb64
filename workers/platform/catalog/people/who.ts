/** Who asks: the holder of a key, or a person with a session. */
import { parseClientKey } from '@meshloop/access/issue'
import type { Context } from 'hono'
import { authenticate, clientUnknown } from '../clients/authenticate.ts'
import { bearer } from '../clients/bearer.ts'
import { noteUse } from '../clients/key-uses.ts'
import { isOperatorKey } from '../clients/operator-key.ts'
import type { CatalogApp, World } from '../env.ts'
import { CatalogError } from '../problems.ts'
import type { Actor, Person } from './actor.ts'
import { readSessionCookie } from './session-cookie.ts'
import { findSession, type Session } from './sessions.ts'

type C = Context<CatalogApp>

/** Whoever holds a key. */
export type KeyHolder = Exclude<Actor, Person>

/** Who holds the bearer key, operator or client. Throws CatalogError `client_key_missing`, `client_unknown`. */
export async function bearerActor(c: C, { now }: World): Promise<KeyHolder> {
  const key = bearer(c.req.header('authorization'), 'client_key_missing')
  if (parseClientKey(key)) {
    const at = new Date(now()).toISOString()
    const { client, key: held } = await authenticate(c.env, key, at)
    await noteUse(c.env.DB, held.id, at, 0)
    return { kind: 'client', client }
  }
  if (!(await isOperatorKey(c.env, key))) throw clientUnknown()
  return { kind: 'operator' }
}

/**
 * The session of the request; null without one. What is answered then differs from person to person: no cache keeps it.
 * Throws CatalogError `host_unknown`.
 */
export async function signedIn(c: C, { now }: World): Promise<Session | null> {
  c.header('vary', 'cookie')
  const secret = readSessionCookie(c)
  if (secret === undefined) return null
  const session = await findSession(c.env.DB, secret, new Date(now()).toISOString())
  if (session) c.header('cache-control', 'private, no-store')
  return session
}

/**
 * Who reads: the holder of a bearer key, or else the person who is signed in; null for neither. For reading only: what
 * changes something takes `bearerActor`, or `readForm`. Throws as {@link bearerActor} for a key that does not count, and as {@link signedIn}.
 */
export async function readerOf(c: C, world: World): Promise<Actor | null> {
  if (c.req.header('authorization') === undefined) return (await signedIn(c, world))?.person ?? null
  c.header('cache-control', 'private, no-store')
  return bearerActor(c, world)
}

/** Who reads. Throws CatalogError `sign_in_needed` where nobody says who they are, and as {@link readerOf}. */
export async function readerOrRefuse(c: C, world: World): Promise<Actor> {
  const reader = await readerOf(c, world)
  if (reader) return reader
  throw new CatalogError('sign_in_needed', `Send a key as a bearer, or sign in at ${c.env.ISSUER}/sign-in.`)
}
