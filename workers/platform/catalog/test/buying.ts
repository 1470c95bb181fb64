/** A catalog whose clock and bindings a test sets, and the words with which tokens are bought from it. */
import { createVerifier, type Verifier } from '@meshloop/access/verify'
import { catalogApp } from '../app.ts'
import type { CatalogEnv } from '../env.ts'
import { signInRoutes } from '../people/sign-in-routes.ts'
import { origin } from './contracts.ts'
import { env } from './mesh.ts'

/** Base URL of `purchase.orders` at the tests' host. */
export const ordersUrl = `${origin}/purchase/orders/v1`

/** A catalog on the database of the tests. */
export interface Shop {
  /** Milliseconds since 1970; a test sets it. */
  now: number
  /** Bindings in the place of the tests'; a test sets them. */
  bindings: Partial<CatalogEnv>
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>
  /** POSTs a form to the token endpoint. */
  readonly buy: (
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Response>
  /** Buys a token, which must be sold. */
  readonly token: (
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<string>
  /** What a product at that base URL has in front of it. */
  readonly verifier: (audience: string) => Verifier
}

/** A catalog at the hour; each has an isolate's memory of its own. */
export function shopAt(now: number): Shop {
  const catalog = catalogApp({
    signIn: signInRoutes,
    world: {
      fetch: (url, init) => fetch(url, init),
      now: () => shop.now,
      newId: () => crypto.randomUUID(),
      newSecret: () =>
        crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: 'base64url', omitPadding: true }),
    },
  })
  const shop: Shop = {
    now,
    bindings: {},
    ask: async (path, init) => catalog.request(env.ISSUER + path, init, { ...env, ...shop.bindings }),
    buy: (fields, headers = {}) =>
      shop.ask('/oauth/token', {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          resource: ordersUrl,
          ...fields,
        }).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      }),
    token: async (fields, headers) => {
      const response = await shop.buy(fields, headers)
      const body = await response.json<{ access_token?: string }>()
      if (body.access_token === undefined) throw new Error(JSON.stringify(body))
      return body.access_token
    },
    verifier: (audience) =>
      createVerifier({
        issuer: env.ISSUER,
        audience,
        fetch: (url) => shop.ask(new URL(url).pathname),
        now: () => shop.now,
      }),
  }
  return shop
}

/** HTTP Basic of a client key, whose id is in it. */
export function basic(key: string): { readonly authorization: string } {
  const id = key.split('_')[2] ?? ''
  return { authorization: `Basic ${btoa(`${id}:${key}`)}` }
}
