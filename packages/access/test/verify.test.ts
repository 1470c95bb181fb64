import { CompactSign, SignJWT, UnsecuredJWT, base64url, exportSPKI, importJWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { signBatch } from '../src/batch.ts'
import { generatePrivateJwk, signAccessToken, type PrivateJwk } from '../src/issue.ts'
import { createVerifier, wwwAuthenticate, type AccessError } from '../src/verify.ts'
import { audience, issuer, readClaims, t0, testIssuer } from './issuer.ts'

const now = t0 / 1000

function sign(key: PrivateJwk, claims: object, header: object = {}) {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'Ed25519', typ: 'at+jwt', kid: 'k1', ...header })
    .sign(key)
}

describe('verify', () => {
  it('gives the claims of a good token, and again from memory', async () => {
    const { key, state, fetch } = await testIssuer()
    const { verify } = createVerifier({ issuer, audience, fetch, now: () => t0 })
    const header = `Bearer ${await signAccessToken(key, readClaims)}`
    const { view, grant } = await verify(header, 'read')
    expect({ view, grant }).toEqual({ view: readClaims.view, grant: readClaims.grant })
    await expect(verify(header.replace('Bearer', 'bearer'), 'read')).resolves.toEqual(readClaims)
    expect(state).toMatchObject({ fetches: 1, pulls: 1 })
  })

  it('takes the longest token that the catalog sells', async () => {
    const { key, fetch } = await testIssuer()
    const { verify } = createVerifier({ issuer, audience, fetch, now: () => t0 })
    const columns = Array.from({ length: 95 }, (_, n) => `${n}`.padStart(63, 'a'))
    const rows = Array.from({ length: 10 }, (_, n) => ({
      field: `f${n}`,
      op: 'eq' as const,
      value: 'x'.repeat(165),
    }))
    const view = { id: 'v'.repeat(43), columns, rows }
    const header = `Bearer ${await signAccessToken(key, { ...readClaims, view, keys: ['k'.repeat(64)] })}`
    await expect(verify(header, 'read')).resolves.toMatchObject({ view })
  })

  it('checks the end of a remembered token at every call', async () => {
    const { key, fetch } = await testIssuer()
    let clock = t0
    const { verify } = createVerifier({ issuer, audience, fetch, now: () => clock })
    const header = `Bearer ${await signAccessToken(key, readClaims)}`
    await verify(header, 'read')
    clock = readClaims.exp * 1000 - 1
    await verify(header, 'read')
    clock = readClaims.exp * 1000
    await expect(verify(header, 'read')).rejects.toMatchObject({ code: 'token_expired', status: 401 })
  })

  it('does not take the payload of a remembered token under another signature', async () => {
    const { key, fetch } = await testIssuer()
    const { verify } = createVerifier({ issuer, audience, fetch, now: () => t0 })
    const token = await signAccessToken(key, readClaims)
    await verify(`Bearer ${token}`, 'read')
    const [head, body] = token.split('.')
    const forged = `${head}.${body}.${base64url.encode(new Uint8Array(64))}`
    await expect(verify(`Bearer ${forged}`, 'read')).rejects.toMatchObject({ code: 'token_invalid' })
  })
})

describe('a verifier for another major', () => {
  it('takes its own tokens alone, with the keys and the denial list of the first', async () => {
    const { key, fetch, state } = await testIssuer()
    const newest = createVerifier({ issuer, audience, fetch, now: () => t0 })
    const older = newest.forAudience(audience.replace('v1', 'v2'))
    const own = `Bearer ${await signAccessToken(key, readClaims)}`
    const other = `Bearer ${await signAccessToken(key, { ...readClaims, aud: audience.replace('v1', 'v2'), major: 2 })}`
    await expect(newest.verify(own, 'read')).resolves.toMatchObject({ major: 1 })
    await expect(older.verify(other, 'read')).resolves.toMatchObject({ major: 2 })
    for (const [{ verify }, header] of [
      [newest, other],
      [older, own],
    ] as const)
      await expect(verify(header, 'read')).rejects.toMatchObject({ code: 'token_invalid' })
    expect(state).toMatchObject({ fetches: 1, pulls: 1 })
    expect(older.knowsRevocations()).toBe(true)
  })
})

describe('a token for several scopes', () => {
  it('is good for each, and a refusal names the first that is missing', async () => {
    const { key, fetch } = await testIssuer()
    const { verify } = createVerifier({ issuer, audience, fetch, now: () => t0 })
    const header = `Bearer ${await signAccessToken(key, { ...readClaims, scope: 'aggregate' })}`
    await expect(verify(header, 'read', 'aggregate')).resolves.toMatchObject({ scope: 'aggregate' })
    await expect(verify(header, 'read', 'check')).rejects.toMatchObject({
      code: 'scope_missing',
      scope: 'read',
    })
  })
})

describe('verify refuses', () => {
  let key: PrivateJwk
  let verify: ReturnType<typeof createVerifier>['verify']
  let foreign: PrivateJwk
  let denialsKey: PrivateJwk

  beforeAll(async () => {
    const test = await testIssuer()
    key = test.key
    denialsKey = test.denialsKey
    foreign = await generatePrivateJwk('k1')
    verify = createVerifier({ issuer, audience, fetch: test.fetch, now: () => t0 }).verify
  })

  const without = (name: string) =>
    Object.fromEntries(Object.entries(readClaims).filter(([key]) => key !== name))

  const cases: readonly (readonly [string, string, () => Promise<string | null> | string | null])[] = [
    ['no header', 'token_missing', () => null],
    ['an empty header', 'token_missing', () => ''],
    ['another scheme', 'token_invalid', () => 'Basic cmlzazpmcmF1ZA=='],
    ['a token in no scheme', 'token_invalid', () => sign(key, readClaims)],
    ['two tokens', 'token_invalid', async () => `Bearer ${await sign(key, readClaims)}, Bearer x`],
    ['text that is no token', 'token_invalid', () => 'Bearer hello'],
    [
      'a huge token',
      'token_invalid',
      async () => `Bearer ${await sign(key, { ...readClaims, pad: 'x'.repeat(10_000) })}`,
    ],
    [
      'a token cut short',
      'token_invalid',
      async () => `Bearer ${(await sign(key, readClaims)).slice(0, -5)}`,
    ],
    [
      'a token without signature',
      'token_invalid',
      async () => `Bearer ${(await sign(key, readClaims)).replace(/[^.]+$/, '')}`,
    ],
    ['alg none', 'token_invalid', () => `Bearer ${new UnsecuredJWT({ ...readClaims }).encode()}`],
    [
      'HS256 keyed with the public key',
      'token_invalid',
      async () => {
        const secret = new TextEncoder().encode(key.x)
        return `Bearer ${await new SignJWT({ ...readClaims }).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' }).sign(secret)}`
      },
    ],
    [
      'HS256 keyed with the public key as PEM',
      'token_invalid',
      async () => {
        const { d: _, ...publicJwk } = key
        const publicKey = await importJWK(publicJwk, 'Ed25519', { extractable: true })
        if (publicKey instanceof Uint8Array) throw new Error('not a public key')
        const secret = new TextEncoder().encode(await exportSPKI(publicKey))
        return `Bearer ${await new SignJWT({ ...readClaims }).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' }).sign(secret)}`
      },
    ],
    [
      'alg EdDSA, the old name',
      'token_invalid',
      async () => `Bearer ${await sign(key, readClaims, { alg: 'EdDSA' })}`,
    ],
    ['typ JWT', 'token_invalid', async () => `Bearer ${await sign(key, readClaims, { typ: 'JWT' })}`],
    [
      'a batch, signed by the issuer',
      'token_invalid',
      async () =>
        `Bearer ${await signBatch(key, {
          aud: 'purchase.orders/v1',
          source: 'shop',
          n: 1,
          sent_at: '2026-11-20T12:00:00.000Z',
          complete_up_to: null,
          rows: [],
        })}`,
    ],
    [
      'a key of somebody else under our kid',
      'token_invalid',
      async () => `Bearer ${await sign(foreign, readClaims)}`,
    ],
    [
      'the issuer’s key for denial lists',
      'token_invalid',
      async () => `Bearer ${await sign(denialsKey, readClaims, { kid: denialsKey.kid })}`,
    ],
    [
      'an unknown kid',
      'token_invalid',
      async () => `Bearer ${await sign(foreign, readClaims, { kid: 'k9' })}`,
    ],
    [
      'no kid',
      'token_invalid',
      async () =>
        `Bearer ${await new SignJWT({ ...readClaims }).setProtectedHeader({ alg: 'Ed25519', typ: 'at+jwt' }).sign(key)}`,
    ],
    [
      'an embedded key',
      'token_invalid',
      async () =>
        `Bearer ${await sign(foreign, readClaims, { kid: undefined, jwk: { kty: 'OKP', crv: 'Ed25519', x: foreign.x } })}`,
    ],
    [
      'an unknown critical header',
      'token_invalid',
      async () => {
        const head = base64url.encode(
          JSON.stringify({ alg: 'Ed25519', typ: 'at+jwt', kid: 'k1', crit: ['x'], x: 1 }),
        )
        const [, body, signature] = (await sign(key, readClaims)).split('.')
        return `Bearer ${head}.${body}.${signature}`
      },
    ],
    [
      'another product',
      'token_invalid',
      async () =>
        `Bearer ${await sign(key, { ...readClaims, aud: 'https://mesh.example/customer/accounts/v1' })}`,
    ],
    [
      'another major',
      'token_invalid',
      async () => `Bearer ${await sign(key, { ...readClaims, aud: audience.replace('v1', 'v2') })}`,
    ],
    [
      'another origin',
      'token_invalid',
      async () => `Bearer ${await sign(key, { ...readClaims, aud: audience.replace('mesh', 'evil') })}`,
    ],
    [
      'a list of audiences',
      'token_invalid',
      async () => `Bearer ${await sign(key, { ...readClaims, aud: [audience, 'https://evil.example'] })}`,
    ],
    [
      'a product that is not its audience',
      'token_invalid',
      async () => `Bearer ${await sign(key, { ...readClaims, product: 'customer.accounts' })}`,
    ],
    [
      'a major that is not its audience',
      'token_invalid',
      async () => `Bearer ${await sign(key, { ...readClaims, major: 2 })}`,
    ],
    ['no audience', 'token_invalid', async () => `Bearer ${await sign(key, without('aud'))}`],
    [
      'another issuer',
      'token_invalid',
      async () => `Bearer ${await sign(key, { ...readClaims, iss: 'https://evil.example' })}`,
    ],
    [
      'an ended token',
      'token_expired',
      async () => `Bearer ${await sign(key, { ...readClaims, iat: now - 700, exp: now - 100 })}`,
    ],
    [
      'a token that ends now',
      'token_expired',
      async () => `Bearer ${await sign(key, { ...readClaims, exp: now })}`,
    ],
    ['no end', 'token_invalid', async () => `Bearer ${await sign(key, without('exp'))}`],
    [
      'a long life',
      'token_invalid',
      async () => `Bearer ${await sign(key, { ...readClaims, exp: now + 3601 })}`,
    ],
    [
      'issued in the future',
      'token_invalid',
      async () => `Bearer ${await sign(key, { ...readClaims, iat: now + 61 })}`,
    ],
    [
      'not valid yet',
      'token_invalid',
      async () => `Bearer ${await sign(key, { ...readClaims, nbf: now + 10 })}`,
    ],
    [
      'an unknown scope',
      'token_invalid',
      async () => `Bearer ${await sign(key, { ...readClaims, scope: 'read admin' })}`,
    ],
    ['read without a view', 'token_invalid', async () => `Bearer ${await sign(key, without('view'))}`],
    ['read without a grant', 'token_invalid', async () => `Bearer ${await sign(key, without('grant'))}`],
    [
      'ingest without a source',
      'token_invalid',
      async () => `Bearer ${await sign(key, { ...readClaims, scope: 'ingest' })}`,
    ],
    [
      'a view with an unknown operator',
      'token_invalid',
      async () =>
        `Bearer ${await sign(key, {
          ...readClaims,
          view: { id: 'v', columns: null, rows: [{ field: 'a', op: 'like', value: '%' }] },
        })}`,
    ],
    [
      'another scope',
      'scope_missing',
      async () => `Bearer ${await sign(key, { ...readClaims, scope: 'run' })}`,
    ],
    [
      'a payload that is no JSON',
      'token_invalid',
      async () =>
        `Bearer ${await new CompactSign(new TextEncoder().encode('hi'))
          .setProtectedHeader({ alg: 'Ed25519', typ: 'at+jwt', kid: 'k1' })
          .sign(key)}`,
    ],
  ]

  it.each(cases)('%s: %s', async (_name, code, header) => {
    await expect(verify(await header(), 'read')).rejects.toMatchObject({ code })
  })
})

describe('wwwAuthenticate', () => {
  it('challenges as RFC 6750 says', async () => {
    const { key, fetch } = await testIssuer()
    const { verify } = createVerifier({ issuer, audience, fetch, now: () => t0 })
    const header = `Bearer ${await signAccessToken(key, readClaims)}`
    const challenge = (call: Promise<unknown>) =>
      call.then(
        () => 'verified',
        (error: AccessError) => wwwAuthenticate(error, 'https://mesh.example/.well-known/x'),
      )
    const bare = 'Bearer realm="meshloop", resource_metadata="https://mesh.example/.well-known/x"'
    expect(await challenge(verify(null, 'read'))).toBe(bare)
    expect(await challenge(verify('Bearer x', 'read'))).toContain('error="invalid_token"')
    expect(await challenge(verify(header, 'run'))).toContain('error="insufficient_scope", scope="run"')
  })
})
