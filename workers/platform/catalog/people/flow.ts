/**
 * One attempt to sign in, from the first address to the callback. The browser keeps it, as a random secret in a cookie; what the
 * provider and the address bar see are hashes of it. Nothing is kept here, so that any isolate can go on, and whoever changes a
 * part of the cookie changes the state that the provider gives back.
 */
import { equalHashes } from '@meshloop/access/issue'
import { sha256 } from '@meshloop/contract'
import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import type { CatalogApp, World } from '../env.ts'
import { CatalogError } from '../problems.ts'
import { returnPath } from './return-path.ts'
import { cookieName, setOwnCookie } from './session-cookie.ts'

type C = Context<CatalogApp>

/** What belongs to one attempt. */
export interface Flow {
  readonly state: string
  readonly nonce: string
  /** PKCE's secret (RFC 7636): only who began can redeem the code. */
  readonly codeVerifier: string
  /** Where the person goes on: a path on this site. */
  readonly returnTo: string
}

const cookie = 'meshloop-sign-in'
/** So long people may take at the provider. */
const maxAgeSeconds = 10 * 60

/** Begins an attempt; another one that this browser had begun is given up. */
export function beginFlow(c: C, { now, newSecret }: World, returnTo: string): Promise<Flow> {
  const value = [newSecret(), Math.floor(now() / 1000), returnTo].join(' ')
  setOwnCookie(c, cookie, value, maxAgeSeconds)
  return flowOf(c, value)
}

/** Ends the attempt that a callback with that state belongs to. Throws CatalogError `sign_in_failed` if there is none. */
export async function endFlow(c: C, { now }: World, state: string | undefined): Promise<Flow> {
  const value = getCookie(c, cookieName(c.env, cookie))
  if (value === undefined) throw strange('This browser has not begun to sign in, or has finished.')
  const flow = await flowOf(c, value)
  if (!equalHashes(state ?? '', flow.state))
    throw strange('The provider’s answer belongs to another attempt to sign in.')
  setOwnCookie(c, cookie, null, maxAgeSeconds)
  const age = now() / 1000 - Number(value.split(' ')[1])
  if (!(age <= maxAgeSeconds)) throw strange('That took more than ten minutes.')
  return flow
}

async function flowOf(c: C, value: string): Promise<Flow> {
  const derive = (part: string): Promise<string> => sha256(JSON.stringify([part, value]))
  return {
    state: await derive('state'),
    nonce: await derive('nonce'),
    codeVerifier: await derive('verifier'),
    returnTo: returnPath(value.split(' ')[2], c.env.ISSUER),
  }
}

const strange = (message: string): CatalogError => new CatalogError('sign_in_failed', message)
