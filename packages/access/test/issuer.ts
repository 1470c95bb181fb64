/** A catalog for tests: its keys, and a fetch that serves them and counts how often. */
import { generatePrivateJwk, jwksDocument, type PrivateJwk } from '../src/issue.ts'
import { wholeView, type AccessClaims } from '../src/claims.ts'
import type { Fetch } from '../src/fetch-json.ts'

/** Base URL of the catalog. */
export const issuer = 'https://mesh.example'
/** Base URL of a product. */
export const audience = 'https://mesh.example/purchase/orders/v1'
/** A fixed moment, in milliseconds. */
export const t0 = Date.parse('2026-11-20T12:00:00.000Z')

/** A good token, to be spoiled. */
export const readClaims: AccessClaims = {
  iss: issuer,
  aud: audience,
  sub: 'risk.fraud',
  client_id: 'risk.fraud',
  jti: 'j-1',
  iat: t0 / 1000,
  exp: t0 / 1000 + 600,
  scope: 'read',
  product: 'purchase.orders',
  major: 1,
  grant: { id: 'g-1', version: 1 },
  view: wholeView,
}

/** An issuer whose answers a test can change. */
export async function testIssuer() {
  const key = await generatePrivateJwk('k1')
  const state: { keys: PrivateJwk[]; away: boolean; fetches: number } = {
    keys: [key],
    away: false,
    fetches: 0,
  }
  const fetch: Fetch = async (url) => {
    state.fetches++
    if (state.away) throw new TypeError('Network connection lost.')
    if (url !== `${issuer}/.well-known/jwks.json`) return new Response('', { status: 404 })
    return Response.json(jwksDocument(state.keys))
  }
  return { key, state, fetch }
}
