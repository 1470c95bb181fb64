/** A catalog for tests: its keys and its denial list, and a fetch that serves them and counts how often. */
import { denialsPath, type Denials } from '../src/denials.ts'
import { generatePrivateJwk, jwksDocument, signDenials, type PrivateJwk } from '../src/issue.ts'
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

/** A list that denies nothing, signed at {@link t0} or at `now` (milliseconds). */
export const noDenials = (now: number = t0): Denials => ({
  iss: issuer,
  iat: Math.floor(now / 1000),
  exp: Math.floor(now / 1000) + 600,
  grants: [],
  keys: [],
  audit: null,
})

/** An issuer whose answers a test can change. */
export async function testIssuer() {
  const key = await generatePrivateJwk('k1')
  const denialsKey = await generatePrivateJwk('d1')
  const state: { keys: PrivateJwk[]; away: boolean; fetches: number; pulls: number; list: string } = {
    keys: [key],
    away: false,
    fetches: 0,
    pulls: 0,
    list: await signDenials(denialsKey, noDenials()),
  }
  const fetch: Fetch = async (url) => {
    const isList = url === issuer + denialsPath
    if (isList) state.pulls++
    else state.fetches++
    if (state.away) throw new TypeError('Network connection lost.')
    if (isList) return new Response(state.list, { headers: { 'content-type': 'application/jose' } })
    if (url !== `${issuer}/.well-known/jwks.json`) return new Response('', { status: 404 })
    return Response.json(jwksDocument(state.keys, denialsKey))
  }
  return { key, denialsKey, state, fetch }
}
