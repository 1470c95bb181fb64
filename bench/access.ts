/**
 * What a token costs a request: `pnpm bench:access`.
 *
 * The first request with a token pays for a signature, every later one for a hash and a look at the denial list, which
 * is full here. Catalog and clock are in this process, so that nothing else is measured.
 */
import { performance } from 'node:perf_hooks'
import { wholeView, type AccessClaims } from '@meshloop/access/claims'
import { denialsPath } from '@meshloop/access/denials'
import { generatePrivateJwk, jwksDocument, signAccessToken, signDenials } from '@meshloop/access/issue'
import { createVerifier } from '@meshloop/access/verify'

const TOKENS = 500
const REPEATS = 20
const ENTRIES = 10_000
/** Milliseconds that verification may add to a request after the first with a token. */
const BUDGET_MS = 0.2

const issuer = 'https://mesh.example'
const audience = `${issuer}/purchase/orders/v1`
const nowMs = Date.now()
const at = Math.floor(nowMs / 1000)

const claimsOf = (n: number): AccessClaims => ({
  iss: issuer,
  aud: audience,
  sub: 'risk.fraud',
  client_id: 'risk.fraud',
  jti: `token-${n}`,
  iat: at,
  exp: at + 600,
  scope: 'read',
  product: 'purchase.orders',
  major: 1,
  grant: { id: `grant-${n}`, version: 2 },
  view: { ...wholeView, columns: Array.from({ length: 20 }, (_, i) => `field_${i}`) },
  keys: [`key-${n}`],
})

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0

async function newVerifier() {
  const [tokenKey, denialsKey] = await Promise.all([generatePrivateJwk('k1'), generatePrivateJwk('d1')])
  const list = await signDenials(denialsKey, {
    iss: issuer,
    iat: at,
    exp: at + 600,
    grants: Array.from({ length: ENTRIES }, (_, n) => ({ id: `grant-${n}`, below: 2 })),
    keys: Array.from({ length: ENTRIES }, (_, n) => `denied-${n}`),
    audit: null,
  })
  const fetch = async (url: string): Promise<Response> =>
    url.endsWith(denialsPath) ? new Response(list) : Response.json(jwksDocument([tokenKey], denialsKey))
  const headers = await Promise.all(
    Array.from({ length: TOKENS }, async (_, n) => `Bearer ${await signAccessToken(tokenKey, claimsOf(n))}`),
  )
  return { headers, verifier: createVerifier({ issuer, audience, fetch, now: () => nowMs }) }
}

/** Milliseconds of each verification. */
async function timesOf(verify: (header: string) => Promise<unknown>, headers: readonly string[]) {
  const times: number[] = []
  for (const header of headers) {
    const begin = performance.now()
    await verify(header)
    times.push(performance.now() - begin)
  }
  return times
}

async function run() {
  const { headers, verifier } = await newVerifier()
  const [warmUp = '', ...others] = headers
  const verify = (header: string) => verifier.verify(header, 'read')
  await verify(warmUp) // fetches the keys and the list
  const first = await timesOf(verify, others)
  const again: number[] = []
  for (let round = 0; round < REPEATS; round++) again.push(...(await timesOf(verify, others)))
  return { first, again }
}

await run() // compiles what is measured
const { first, again } = await run()
const [ofFirst, ofAgain] = [percentile(first, 0.5), percentile(again, 0.5)]
console.log(
  `verifying a token: ${ofFirst.toFixed(3)} ms the first time, ${ofAgain.toFixed(3)} ms again (99 of 100 within ${percentile(again, 0.99).toFixed(3)} ms, at most ${BUDGET_MS} ms), ratio ${(ofAgain / ofFirst).toFixed(2)}`,
)
