import { base64url, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  generatePrivateJwk,
  readAssertion,
  signAccessToken,
  signAssertion,
  verifyAssertion,
  type PrivateJwk,
} from '../src/issue.ts'
import { issuer, readClaims, t0 } from './issuer.ts'

const clientId = 'purchase.orders.till'
const seconds = t0 / 1000
const claims = { iss: clientId, sub: clientId, aud: issuer, jti: 'j-1', exp: seconds + 60 }

let key: PrivateJwk
let stranger: PrivateJwk
beforeAll(async () => {
  key = await generatePrivateJwk('key-1')
  stranger = await generatePrivateJwk('key-1')
})

const verify = (assertion: string, now = t0, publicKey: string | undefined = key.x) =>
  verifyAssertion(assertion, {
    clientId,
    publicKey,
    audiences: [issuer, `${issuer}/oauth/token`],
    now,
  })

const signed = (change: object = {}, header: object = {}, by = key) =>
  new SignJWT({ ...claims, ...change })
    .setProtectedHeader({ alg: 'Ed25519', typ: 'client-authentication+jwt', kid: by.kid, ...header })
    .sign(by)

describe('an assertion', () => {
  it('says who signed it, and once verified what to remember', async () => {
    const assertion = await signAssertion(key, { clientId, issuer, id: 'j-2', now: t0 })
    expect(readAssertion(assertion)).toEqual({ clientId, kid: 'key-1' })
    expect(await verify(assertion)).toEqual({ id: 'j-2', forgetAt: seconds + 120 })
  })

  it('may name the token endpoint', async () => {
    expect(await verify(await signed({ aud: `${issuer}/oauth/token` }))).toMatchObject({ id: 'j-1' })
  })

  it('is remembered for as long as it could count', async () => {
    const assertion = await signed({ exp: seconds + 300 })
    const held = await verify(assertion)
    expect(await verify(assertion, ((held?.forgetAt ?? 0) - 1) * 1000)).toBeDefined()
    expect(await verify(assertion, (held?.forgetAt ?? 0) * 1000)).toBeUndefined()
  })

  const cases: readonly (readonly [string, () => Promise<string>])[] = [
    ['of another key', () => signed({}, {}, stranger)],
    ['of another issuer', () => signed({ iss: 'purchase.orders.other' })],
    ['for another client', () => signed({ sub: 'purchase.orders.other' })],
    ['for another catalog', () => signed({ aud: 'https://evil.example' })],
    ['for two catalogs', () => signed({ aud: [issuer, 'https://evil.example'] })],
    ['without an end', () => signed({ exp: undefined })],
    ['that has ended', () => signed({ exp: seconds - 61 })],
    ['that lives longer than five minutes', () => signed({ exp: seconds + 361 })],
    ['without an id', () => signed({ jti: undefined })],
    ['with an id that is too long', () => signed({ jti: 'j'.repeat(101) })],
    ['of another typ', () => signed({}, { typ: 'JWT' })],
    ['without a typ', () => signed({}, { typ: undefined })],
    [
      'that is an access token',
      () => signAccessToken(key, { ...readClaims, client_id: clientId, sub: clientId }),
    ],
    ['without a signature', async () => `${(await signed()).split('.').slice(0, 2).join('.')}.`],
    [
      'with alg none',
      async () => {
        const [, payload] = (await signed()).split('.')
        const header = base64url.encode(JSON.stringify({ alg: 'none', typ: 'client-authentication+jwt' }))
        return `${header}.${payload}.`
      },
    ],
    ['that is no JWS', async () => 'hello'],
  ]

  it.each(cases)('%s does not hold', async (_name, make) => {
    expect(await verify(await make())).toBeUndefined()
  })

  it('does not hold for a client without a key, not even with the key that stands in', async () => {
    const assertion = await signed()
    const work = verifyAssertion(assertion, { clientId, publicKey: undefined, audiences: [issuer], now: t0 })
    expect(await work).toBeUndefined()
    // RFC 8037, appendix A.1.
    const printed = {
      kty: 'OKP',
      crv: 'Ed25519',
      kid: 'key-1',
      d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
      x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
    } as const
    const forged = await signed({}, {}, printed)
    expect(await verify(forged, t0, printed.x)).toBeDefined()
    expect(
      await verifyAssertion(forged, { clientId, publicKey: undefined, audiences: [issuer], now: t0 }),
    ).toBeUndefined()
  })

  it.each(['', 'a.b.c', 'e30.e30.', 'x'.repeat(3_000)])('%j names nobody', (text) => {
    expect(readAssertion(text)).toBeUndefined()
  })
})
