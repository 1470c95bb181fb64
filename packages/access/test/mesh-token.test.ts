import { SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  generatePrivateJwk,
  parsePrivateJwks,
  signAccessToken,
  signMeshToken,
  verifyMeshToken,
  type MeshClaims,
  type PrivateJwk,
} from '../src/issue.ts'
import { createVerifier } from '../src/verify.ts'
import { audience, issuer, readClaims, t0, testIssuer } from './issuer.ts'

const claims: MeshClaims = {
  iss: issuer,
  aud: issuer,
  sub: 'risk.fraud',
  client_id: 'risk.fraud',
  jti: 'j-1',
  iat: t0 / 1000,
  exp: t0 / 1000 + 3600,
  scope: 'exchange',
  may_act: { sub: 'shop.agent' },
  keys: ['key-1'],
}

let key: PrivateJwk
let other: PrivateJwk
beforeAll(async () => {
  key = await generatePrivateJwk('k1')
  other = await generatePrivateJwk('k1')
})

const verify = (token: string, now = t0) => verifyMeshToken(token, { keys: [key], issuer, now })
const signed = (change: object, header: object = {}, by = key) =>
  new SignJWT({ ...claims, ...change })
    .setProtectedHeader({ alg: 'Ed25519', typ: 'at+jwt', kid: 'k1', ...header })
    .sign(by)

describe('a mesh token', () => {
  it('says who may act for whom, until it ends', async () => {
    const token = await signMeshToken(key, claims)
    expect(await verify(token)).toEqual(claims)
    await expect(verify(token, claims.exp * 1000)).rejects.toMatchObject({ code: 'token_expired' })
  })

  const cases: readonly (readonly [string, () => Promise<string>])[] = [
    ['a token of a product', () => signAccessToken(key, readClaims)],
    [
      'a token of a product that calls itself one for the catalog',
      () => signAccessToken(key, { ...readClaims, aud: issuer }),
    ],
    ['one for another catalog', () => signed({ aud: 'https://evil.example' })],
    ['one of another catalog', () => signed({ iss: 'https://evil.example' })],
    ['one of another key', () => signed({}, {}, other)],
    ['one of an unknown kid', () => signed({}, { kid: 'k2' })],
    ['one without kid', () => signed({}, { kid: undefined })],
    ['one of another typ', () => signed({}, { typ: 'client-authentication+jwt' })],
    ['one that names no agent', () => signed({ may_act: undefined })],
    ['one with another scope', () => signed({ scope: 'read' })],
    ['one without an end', () => signed({ exp: undefined })],
    ['no token', async () => 'hello'],
    ['a huge text', async () => 'x'.repeat(10_000)],
  ]

  it.each(cases)('is not %s', async (_name, make) => {
    await expect(make().then((token) => verify(token))).rejects.toMatchObject({ code: 'token_invalid' })
  })

  it('is refused by a product, even if it were for it', async () => {
    const { key: known, fetch } = await testIssuer()
    const verifier = createVerifier({ issuer, audience, fetch, now: () => t0 })
    const atProduct = async (aud: string) =>
      verifier.verify(`Bearer ${await signMeshToken(known, { ...claims, aud })}`, 'read')
    await expect(atProduct(issuer)).rejects.toMatchObject({ code: 'token_invalid' })
    await expect(atProduct(audience)).rejects.toMatchObject({ code: 'token_invalid' })
  })
})

describe('keys in rotation', () => {
  it('are one, or several of which the first signs', async () => {
    const next = await generatePrivateJwk('k2')
    expect(parsePrivateJwks(JSON.stringify(key), 'KEY')).toEqual({ signing: key, all: [key] })
    expect(parsePrivateJwks(JSON.stringify({ keys: [key, next] }), 'KEY')).toEqual({
      signing: key,
      all: [key, next],
    })
  })

  it.each([
    ['none', () => ({ keys: [] })],
    ['two of one kid', () => ({ keys: [key, other] })],
    ['a public key', () => ({ keys: [{ ...key, d: undefined }] })],
    ['more than five', () => ({ keys: Array.from({ length: 6 }, (_, n) => ({ ...key, kid: `k${n}` })) })],
  ])('are refused: %s', (_name, make) => {
    expect(() => parsePrivateJwks(JSON.stringify(make()), 'KEY')).toThrow(
      expect.objectContaining({ code: 'private_key_invalid' }),
    )
  })
})
