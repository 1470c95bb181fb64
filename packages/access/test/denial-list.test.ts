import { CompactSign } from 'jose'
import { describe, expect, it } from 'vitest'
import { denialsTyp, type Denials } from '../src/denials.ts'
import { generatePrivateJwk, signAccessToken, signDenials, type PrivateJwk } from '../src/issue.ts'
import type { AccessClaims } from '../src/claims.ts'
import { createVerifier } from '../src/verify.ts'
import { audience, issuer, noDenials, readClaims, t0, testIssuer } from './issuer.ts'

const minute = 60_000
/** Long-lived, so that what ends in a test is the list. */
const claims: AccessClaims = { ...readClaims, exp: t0 / 1000 + 3_600, keys: ['key-1', 'key-2'] }

/** A verifier beside its catalog; `step` moves the clock, `publish` signs a list at its time. */
async function product(options: { pullAfterMs?: number } = {}) {
  const catalog = await testIssuer()
  const clock = { now: t0 }
  const { verify, knowsRevocations } = createVerifier({
    issuer,
    audience,
    fetch: catalog.fetch,
    now: () => clock.now,
    timeoutMs: 50,
    ...options,
  })
  const bearer = async (more: Partial<AccessClaims> = {}) =>
    `Bearer ${await signAccessToken(catalog.key, { ...claims, ...more })}`
  const header = await bearer()
  return {
    ...catalog,
    bearer,
    knowsRevocations,
    step: (ms: number) => void (clock.now += ms),
    publish: async (more: Partial<Denials>) =>
      void (catalog.state.list = await signDenials(catalog.denialsKey, { ...noDenials(clock.now), ...more })),
    read: (authorization = header) => verify(authorization, 'read'),
  }
}

const denied = { grants: [{ id: 'g-1', below: 2 }] }
const revoked = { code: 'token_revoked', status: 401 }

describe('a denied token', () => {
  it.each<[string, Partial<Denials>, Partial<AccessClaims>]>([
    ['of a grant that was revoked or narrowed', denied, {}],
    ['bought with a revoked key', { keys: ['other', 'key-2'] }, {}],
    ['without a grant, of a revoked key', { keys: ['key-1'] }, { scope: 'run', grant: undefined }],
    ['issued before the moment from which on the list is whole', { before: claims.iat + 1 }, {}],
  ])('%s is refused within a minute, though it is remembered', async (_what, list, more) => {
    const { read, publish, step, bearer } = await product()
    const header = await bearer(more)
    const scope = more.scope === undefined ? 'verified' : 'scope_missing'
    const outcome = () =>
      read(header).then(
        () => 'verified',
        ({ code }: { code: string }) => code,
      )
    expect(await outcome()).toBe(scope)
    step(1)
    await publish(list)
    step(29_998)
    expect(await outcome()).toBe(scope)
    step(1)
    expect(await outcome()).toBe('token_revoked')
  })

  it('is not one of another grant, a later version or another key', async () => {
    const { read, publish, bearer } = await product()
    await publish({
      grants: [...denied.grants, { id: 'g-2', below: 9 }],
      keys: ['key-3'],
      before: claims.iat,
    })
    await expect(read()).rejects.toMatchObject(revoked)
    await expect(read(await bearer({ grant: { id: 'g-1', version: 2 } }))).resolves.toBeDefined()
  })

  it('is refused by an isolate that begins: it pulls with its first token', async () => {
    const { read, publish, state } = await product()
    await publish(denied)
    await expect(read()).rejects.toMatchObject(revoked)
    expect(state.pulls).toBe(1)
  })

  it.each([
    [0, 0],
    [10_000, 10_000],
    [90_000, 30_000],
  ])(
    'is refused after %i ms where that is how often the list is pulled, and after %i ms at the latest',
    async (pullAfterMs, inForceMs) => {
      const { read, publish, step } = await product({ pullAfterMs })
      await expect(read()).resolves.toBeDefined()
      step(1)
      await publish(denied)
      if (inForceMs > 0) {
        step(inForceMs - 2)
        await expect(read()).resolves.toBeDefined()
      }
      step(1)
      await expect(read()).rejects.toMatchObject(revoked)
    },
  )

  it('stays refused while the catalog is away', async () => {
    const { read, publish, state, step } = await product()
    await publish(denied)
    await expect(read()).rejects.toMatchObject(revoked)
    state.away = true
    step(30 * minute)
    await expect(read()).rejects.toMatchObject(revoked)
  })
})

describe('the list', () => {
  it('is pulled once in 30 s, however many ask', async () => {
    const { read, state, step, publish } = await product()
    await Promise.all(Array.from({ length: 100 }, () => read()))
    expect(state.pulls).toBe(1)
    step(30_000)
    await publish(denied)
    const refusals = await Promise.allSettled(Array.from({ length: 100 }, () => read()))
    expect(refusals.every(({ status }) => status === 'rejected')).toBe(true)
    expect(state.pulls).toBe(2)
  })

  it('is not asked for by who shows no good token', async () => {
    const { read, state } = await product()
    await expect(read('Bearer x.y.z')).rejects.toMatchObject({ code: 'token_invalid' })
    expect(state.pulls).toBe(0)
  })

  it('counts as unknown after five minutes, and tokens go on', async () => {
    const { read, state, step, knowsRevocations } = await product()
    expect(knowsRevocations()).toBe(false)
    await read()
    state.away = true
    step(5 * minute)
    await read()
    expect(knowsRevocations()).toBe(true)
    step(1)
    await read()
    expect(knowsRevocations()).toBe(false)
  })

  it('counts as unknown when it is frozen: the catalog answers, but always the same', async () => {
    const { read, step, knowsRevocations } = await product()
    await read()
    step(6 * minute)
    await read()
    expect(knowsRevocations()).toBe(false)
  })

  it('is asked for again 5 s after a failure, then less and less often', async () => {
    const { read, state, step, knowsRevocations } = await product()
    const { list } = state
    state.list = ''
    await read()
    for (const [index, seconds] of [5, 10, 20, 30, 30].entries()) {
      step(seconds * 1_000 - 1)
      await read()
      expect(state.pulls).toBe(index + 1)
      step(1)
      await read()
      expect(state.pulls).toBe(index + 2)
    }
    expect(knowsRevocations()).toBe(false)
    state.list = list
    step(30_000)
    await read()
    expect(knowsRevocations()).toBe(true)
    state.list = ''
    step(30_000)
    await read()
    step(5_000)
    await read()
    expect(state.pulls).toBe(9)
  })

  it('never goes back', async () => {
    const { read, publish, state, step } = await product()
    const empty = state.list
    step(10_000)
    await publish(denied)
    await expect(read()).rejects.toMatchObject(revoked)
    state.list = empty
    step(30_000)
    await expect(read()).rejects.toMatchObject(revoked)
  })
})

describe('a list is refused', () => {
  const typed = (key: PrivateJwk, header: object, payload: unknown = noDenials()) =>
    new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'Ed25519', typ: denialsTyp, kid: key.kid, ...header })
      .sign(key)
  type Catalog = Awaited<ReturnType<typeof product>>
  const signed =
    (more: Partial<Denials>) =>
    ({ denialsKey }: Catalog) =>
      signDenials(denialsKey, { ...noDenials(), ...more })

  it.each<[string, (catalog: Catalog) => string | Promise<string>]>([
    ['that is no JWS', () => '{"grants":[]}'],
    ['that is too large', ({ state }) => state.list.padEnd(2_000_001)],
    ['of another issuer', signed({ iss: 'https://evil.example' })],
    ['of the local mesh', signed({ iss: 'http://127.0.0.1:8787' })],
    ['that has ended', signed({ exp: t0 / 1000 })],
    ['from the future', signed({ iat: t0 / 1000 + 61 })],
    ['signed with a key for tokens', ({ key }) => typed(key, {})],
    ['signed with somebody’s key under our kid', async () => typed(await generatePrivateJwk('d1'), {})],
    ['signed with nobody’s kid', async () => typed(await generatePrivateJwk('d2'), {})],
    ['that names no key', ({ denialsKey }) => typed(denialsKey, { kid: undefined })],
    [
      'that brings its key along',
      async () => {
        const own = await generatePrivateJwk('own')
        return typed(own, { kid: undefined, jwk: { kty: 'OKP', crv: 'Ed25519', x: own.x } })
      },
    ],
    ['of another typ', ({ denialsKey }) => typed(denialsKey, { typ: 'meshloop-audit+jws' })],
    ['without a typ', ({ denialsKey }) => typed(denialsKey, { typ: undefined })],
    ['of the algorithm’s old name', ({ denialsKey }) => typed(denialsKey, { alg: 'EdDSA' })],
    ['with another content', ({ denialsKey }) => typed(denialsKey, {}, { grants: 'all' })],
    ['that was changed on its way', ({ state }) => state.list.replace(/\.[^.]+\./, `.${btoa('{}')}.`)],
  ])('%s', async (_what, list) => {
    const catalog = await product()
    catalog.state.list = await list(catalog)
    await catalog.read()
    expect(catalog.knowsRevocations()).toBe(false)
  })
})
