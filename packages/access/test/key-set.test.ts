import { exportJWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { generatePrivateJwk, jwksDocument } from '../src/issue.ts'
import { denialsTyp } from '../src/denials.ts'
import { createKeySet, type KeySet } from '../src/key-set.ts'
import { issuer, t0, testIssuer } from './issuer.ts'

const tokenKeys = (keys: KeySet) => (kid: string) => keys(kid, 'at+jwt')

async function keySet() {
  const test = await testIssuer()
  const clock = { now: t0 }
  return {
    ...test,
    clock,
    keyOf: tokenKeys(createKeySet({ issuer, fetch: test.fetch, now: () => clock.now, timeoutMs: 50 })),
  }
}

describe('key set', () => {
  it('asks the issuer once for 10,000 unknown kids', async () => {
    const { keyOf, state } = await keySet()
    const found = await Promise.all(Array.from({ length: 5_000 }, (_, i) => keyOf(`made-up-${i}`)))
    for (let i = 0; i < 5_000; i++) found.push(await keyOf(`later-${i}`))
    expect(found.every((key) => key === undefined)).toBe(true)
    expect(state.fetches).toBe(1)
  })

  it('finds a new key 30 s after the last fetch, not before', async () => {
    const { keyOf, state, clock } = await keySet()
    await keyOf('k1')
    state.keys.push(await generatePrivateJwk('k2'))
    clock.now += 29_999
    expect(await keyOf('k2')).toBeUndefined()
    clock.now += 1
    expect(await keyOf('k2')).toBeDefined()
    expect(state.fetches).toBe(2)
  })

  it('forgets a key that the issuer withdrew, ten minutes later', async () => {
    const { keyOf, state, clock } = await keySet()
    await keyOf('k1')
    state.keys = [await generatePrivateJwk('k2')]
    clock.now += 599_999
    expect(await keyOf('k1')).toBeDefined()
    clock.now += 1
    expect(await keyOf('k1')).toBeUndefined()
  })

  it('uses old keys for 24 hours while the issuer is away', async () => {
    const { keyOf, state, clock } = await keySet()
    await keyOf('k1')
    state.away = true
    clock.now += 24 * 3_600_000 - 1
    expect(await keyOf('k1')).toBeDefined()
    clock.now += 1
    await expect(keyOf('k1')).rejects.toMatchObject({ code: 'issuer_unavailable', status: 503 })
  })

  it('does not call a kid unknown while it cannot ask', async () => {
    const { keyOf, state, clock } = await keySet()
    await keyOf('k1')
    state.away = true
    clock.now += 60_000
    await expect(keyOf('k2')).rejects.toMatchObject({ code: 'issuer_unavailable' })
  })

  it('recovers when the issuer comes back', async () => {
    const { keyOf, state, clock } = await keySet()
    state.away = true
    await expect(keyOf('k1')).rejects.toMatchObject({ code: 'issuer_unavailable' })
    await expect(keyOf('k1')).rejects.toMatchObject({ code: 'issuer_unavailable' })
    expect(state.fetches).toBe(1)
    state.away = false
    clock.now += 1_000
    expect(await keyOf('k1')).toBeDefined()
  })

  it.each([
    ['a redirect', () => new Response(null, { status: 302, headers: { location: 'https://evil.example' } })],
    ['an error', () => new Response('no', { status: 500 })],
    ['no JSON', () => new Response('<html>')],
    ['another document', () => Response.json({ hello: 1 })],
    ['too much', () => new Response(`{"keys":[${'[],'.repeat(40_000)}[]]}`)],
    [
      'a body that never ends',
      () => new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(4096)) })),
    ],
  ])('refuses %s for keys', async (_name, answer) => {
    const keyOf = tokenKeys(
      createKeySet({ issuer, fetch: async () => answer(), now: () => t0, timeoutMs: 1_000 }),
    )
    await expect(keyOf('k1')).rejects.toMatchObject({ code: 'issuer_unavailable' })
  })

  it('gives up on an issuer that does not answer', async () => {
    const never = (_url: string, { signal }: RequestInit) =>
      new Promise<Response>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
    const keyOf = tokenKeys(createKeySet({ issuer, fetch: never, now: () => t0, timeoutMs: 20 }))
    await expect(keyOf('k1')).rejects.toMatchObject({ code: 'issuer_unavailable' })
  })

  it('gives up on a fetch whose request was dropped, and makes its own', async () => {
    const { fetch } = await testIssuer()
    let clock = t0
    let dropped = true
    const keys = createKeySet({
      issuer,
      fetch: (...call) => (dropped ? new Promise<Response>(() => undefined) : fetch(...call)),
      now: () => clock,
      timeoutMs: 20,
    })
    void keys('k1', 'at+jwt') // never ends: workerd has forgotten it
    await expect(keys('k1', 'at+jwt')).rejects.toMatchObject({ code: 'issuer_unavailable' })
    dropped = false
    clock += 20
    expect(await keys('k1', 'at+jwt')).toBeDefined()
  })

  it('gives a key for its own typ only, also where two have one name', async () => {
    const [token, list, bare] = await Promise.all(['same', 'same', 'bare'].map(generatePrivateJwk))
    const { keys } = jwksDocument(token ? [token] : [], list)
    const jwks = { keys: [...keys, { kty: 'OKP', crv: 'Ed25519', x: bare?.x, kid: 'bare' }] }
    const keyOf = createKeySet({
      issuer,
      fetch: async () => Response.json(jwks),
      now: () => t0,
      timeoutMs: 50,
    })
    const xOf = async (kid: string, typ: 'at+jwt' | typeof denialsTyp) => {
      const key = await keyOf(kid, typ)
      return key && (await exportJWK(key)).x
    }
    expect(await xOf('same', 'at+jwt')).toBe(token?.x)
    expect(await xOf('same', denialsTyp)).toBe(list?.x)
    expect(await xOf('bare', 'at+jwt')).toBe(bare?.x)
    expect(await xOf('bare', denialsTyp)).toBeUndefined()
  })

  it('passes over keys of other kinds', async () => {
    const { key } = await testIssuer()
    const other = { kty: 'RSA', kid: 'k1', n: 'x', e: 'AQAB' }
    const ours = { kty: key.kty, crv: key.crv, x: key.x, kid: 'k2', alg: 'Ed25519' }
    const fetch = async () => Response.json({ keys: [other, null, ours] })
    const keyOf = tokenKeys(createKeySet({ issuer, fetch, now: () => t0, timeoutMs: 50 }))
    expect(await keyOf('k1')).toBeUndefined()
    expect(await keyOf('k2')).toBeDefined()
  })
})
