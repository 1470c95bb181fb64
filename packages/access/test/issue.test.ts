import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { viewOf, wholeView } from '../src/claims.ts'
import {
  createClientKey,
  equalHashes,
  generatePrivateJwk,
  hashClientKey,
  jwksDocument,
  parseClientKey,
  parsePrivateJwk,
  signAccessToken,
} from '../src/issue.ts'
import { readClaims } from './issuer.ts'

const secret = new Uint8Array(32).fill(0xff)

describe('client keys', () => {
  it('split in one way only, whatever the secret', () => {
    const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,31}$/)
    fc.assert(
      fc.property(
        label,
        label,
        fc.stringMatching(/^[a-z]{1,16}$/),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (domain, name, environment, bytes) => {
          const clientId = `${domain}.${name}`
          expect(parseClientKey(createClientKey(environment, clientId, bytes))).toEqual({
            environment,
            clientId,
          })
        },
      ),
    )
  })

  it.each([
    ['nothing', ''],
    ['another prefix', `sk_live_risk.fraud_${'A'.repeat(43)}`],
    ['no environment', `ml_risk.fraud_${'A'.repeat(43)}`],
    ['an id without a dot', `ml_live_fraud_${'A'.repeat(43)}`],
    ['an id with an underscore', `ml_live_risk.a_b_${'A'.repeat(43)}`],
    ['a short secret', `ml_live_risk.fraud_${'A'.repeat(42)}`],
    ['a line break at the end', `ml_live_risk.fraud_${'A'.repeat(43)}\n`],
  ])('%s is no key', (_name, key) => {
    expect(parseClientKey(key)).toBeUndefined()
  })

  it('refuses to make a key that would not parse', () => {
    expect(() => createClientKey('live', 'Risk.Fraud', secret)).toThrow(TypeError)
    expect(() => createClientKey('live', 'risk.fraud', secret.slice(1))).toThrow(TypeError)
  })

  it('are stored as the hash of the whole', async () => {
    const [a, b] = ['live', 'local'].map((environment) => createClientKey(environment, 'risk.fraud', secret))
    const hashes = await Promise.all([a, b].map((key) => hashClientKey(key ?? '')))
    expect(hashes[0]).toHaveLength(43)
    expect(equalHashes(hashes[0] ?? '', hashes[1] ?? '')).toBe(false)
    expect(equalHashes(hashes[0] ?? '', hashes[0] ?? '')).toBe(true)
    expect(equalHashes('', 'a')).toBe(false)
  })
})

describe('issuer keys', () => {
  it('publish no secret', async () => {
    const key = await generatePrivateJwk()
    expect(JSON.stringify(jwksDocument([key]))).not.toContain(key.d)
    expect(jwksDocument([key]).keys[0]).toMatchObject({ kid: key.kid, x: key.x, alg: 'Ed25519' })
  })

  it('parse from a secret', async () => {
    const key = await generatePrivateJwk('k1')
    expect(parsePrivateJwk(JSON.stringify(key), 'ISSUER_KEY')).toEqual(key)
    const { d: _, ...publicKey } = key
    for (const bad of ['', '{}', JSON.stringify(publicKey)]) {
      expect(() => parsePrivateJwk(bad, 'ISSUER_KEY')).toThrow(
        expect.objectContaining({ code: 'private_key_invalid' }),
      )
    }
  })

  it('do not sign a token that no product would accept', async () => {
    const { grant: _, ...claims } = readClaims
    await expect(generatePrivateJwk().then((key) => signAccessToken(key, claims))).rejects.toThrow(/grant/)
  })
})

describe('views', () => {
  it('the whole view has the id of its content', async () => {
    expect(await viewOf({ columns: null, rows: [] })).toEqual(wholeView)
  })

  it('have one id in whatever order they are written, and another for other content', async () => {
    const eu = { field: 'country', op: 'in', value: ['DE', 'AT'] } as const
    const paid = { field: 'status', op: 'eq', value: 'paid' } as const
    const one = await viewOf({ columns: ['b', 'a'], rows: [eu, paid] })
    expect(await viewOf({ columns: ['a', 'b', 'a'], rows: [paid, eu] })).toEqual(one)
    expect((await viewOf({ columns: ['a'], rows: [eu, paid] })).id).not.toBe(one.id)
    expect((await viewOf({ columns: ['a', 'b'], rows: [eu] })).id).not.toBe(one.id)
  })
})
