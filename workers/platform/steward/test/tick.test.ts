/** The tick on a small mesh: the loop closes, and no schedule of ticks does harm. */
import { beforeEach, describe, expect, it } from 'vitest'
import { createApp } from '../app.ts'
import type { StewardStatus } from '../status.ts'
import type { History } from '../history.ts'
import { tick } from '../tick.ts'
import { AUD, bindings, createSmallMesh, order, type SmallMesh } from './small-mesh.ts'

const MINUTE = 60_000
const HEAD = `mf1/${AUD}/head`
let mesh: SmallMesh
beforeEach(async () => {
  mesh = await createSmallMesh()
})

const ask = async <T>(path: string): Promise<T> =>
  (await createApp(mesh.now).request(`https://mesh.test/platform/steward${path}`, {}, bindings)).json<T>()
const status = () => ask<StewardStatus>('/status')
const rulesOf = async () =>
  (await status()).products.flatMap(({ id, incidents }) =>
    incidents.map(({ rule }) => `${id} ${rule}`).toSorted(),
  )
const next = async (minutes = 1) => {
  mesh.minutesPass(minutes)
  return tick(mesh.world())
}

describe('a tick', () => {
  it('derives, checks and publishes: an order that came in is a flag that an app reads', async () => {
    await mesh.send([order(1, 'x', 700), order(2, 'x', 300)])
    const result = await tick(mesh.world())
    expect(result).toMatchObject({
      outcome: 'done',
      report: {
        catalog: true,
        runs: [{ product: 'risk.scores/v1', done: true, built: 1 }],
        verdicts: { fresh: 2 },
        flags: [{ product: 'risk.scores/v1', gate_open: true, is_new: true, put: 1, pending: 0 }],
      },
    })
    expect(await mesh.read('x')).toMatchObject({ state: 'known', entry: { largest: 700 } })
    expect(await mesh.read('y')).toMatchObject({ state: 'unknown' })
    const { last_tick, settled, products } = await status()
    expect(settled).toBe(true)
    expect(last_tick?.age_ms).toBeLessThan(MINUTE)
    expect(products).toMatchObject([
      {
        id: 'risk.scores',
        freshness: { verdict: 'fresh' },
        incidents: [],
        flags: { aud: AUD, pages: 1, entries: 1 },
      },
      { id: 'shop.orders', freshness: { promised: 'PT5M', verdict: 'fresh' }, flags: null },
    ])
  })

  it('renews the head each minute, with new content when there is any', async () => {
    await mesh.send([order(1, 'x', 700)])
    await tick(mesh.world())
    const first = (await mesh.read('x')).evidence.epoch ?? 0
    await next()
    const second = (await mesh.read('x')).evidence.epoch ?? 0
    expect(second - first).toBe(MINUTE)
    await mesh.send([order(2, 'x', 900)])
    await next()
    expect(await mesh.read('x')).toMatchObject({ entry: { largest: 900 } })
  })

  it('calls no port that could show it a record', async () => {
    await mesh.send([order(1, 'x', 700)])
    mesh.calls.length = 0
    await tick(mesh.world())
    expect(new Set(mesh.calls.filter((call) => /\/v1\//.test(call)))).toEqual(
      new Set([
        'GET /shop/orders/v1/changes', // the derived product itself
        'POST /risk/scores/v1/run',
        'GET /risk/scores/v1/status',
        'GET /shop/orders/v1/status',
        'POST /risk/scores/v1/quality',
        'POST /shop/orders/v1/quality',
        'POST /risk/scores/v1/flags/prepare',
        'POST /risk/scores/v1/flags/commit',
      ]),
    )
  })
})

describe('promises', () => {
  it('a late input opens incidents at once and closes the gate at the second bad tick; kept again, both are over', async () => {
    await mesh.send([order(1, 'x', 700)], 11 * MINUTE)
    expect(await tick(mesh.world())).toMatchObject({ report: { flags: [{ gate_open: true }] } })
    expect(await rulesOf()).toEqual(['risk.scores freshness', 'shop.orders freshness'])
    expect(await next()).toMatchObject({ report: { flags: [{ gate_open: false }] } })
    await mesh.send([])
    expect(await next()).toMatchObject({ report: { flags: [{ gate_open: true }] } })
    expect(await rulesOf()).toEqual([])
    const history = await ask<History>('/history?product=risk.scores')
    expect(history.minutes.map(({ verdict }) => verdict).toSorted()).toEqual(['fresh', 'late', 'late'])
    expect(history.days).toMatchObject([{ kept: 1, broken: 2 }])
    expect(history.incidents).toMatchObject([{ rule: 'freshness', closed_at: expect.any(String) }])
  })

  it('a product that is away is an incident; the others go on', async () => {
    await mesh.send([order(1, 'x', 700)])
    await tick(mesh.world())
    mesh.away.add('shop.orders')
    expect(await next()).toMatchObject({
      report: { verdicts: { fresh: 1, unreachable: 1 }, flags: [{ pending: 0 }] },
    })
    expect(await rulesOf()).toEqual(['shop.orders freshness'])
    mesh.away.add('risk.scores')
    await next()
    expect(await rulesOf()).toEqual([
      'risk.scores flags_stopped',
      'risk.scores freshness',
      'shop.orders freshness',
    ])
  })

  it('without the catalog it goes on with the products that it knew', async () => {
    await mesh.send([order(1, 'x', 700)])
    await tick(mesh.world())
    mesh.away.add('catalog')
    expect(await next()).toMatchObject({ report: { catalog: false, verdicts: { fresh: 2 } } })
  })

  it('a product that left the catalog has no promises left', async () => {
    await mesh.send([order(1, 'x', 700)], 11 * MINUTE)
    await tick(mesh.world())
    mesh.products.splice(0, 1)
    await next()
    expect(await rulesOf()).toEqual(['shop.orders freshness'])
  })
})

describe('what lies in KV', () => {
  beforeEach(async () => {
    await mesh.send([order(1, 'x', 700)])
    await tick(mesh.world())
  })

  it('a head that nobody signed is an incident and is replaced', async () => {
    const value = new Uint8Array((await bindings.FLAGS.get(HEAD, 'arrayBuffer')) ?? new ArrayBuffer())
    value[200] = (value[200] ?? 0) ^ 1
    await bindings.FLAGS.put(HEAD, value)
    await next()
    expect(await rulesOf()).toEqual(['risk.scores flags_tampered'])
    expect(await mesh.read('x')).toMatchObject({ state: 'known' })
    await next()
    expect(await rulesOf()).toEqual([])
  })

  it('a head that was signed but never logged is a stolen key', async () => {
    await bindings.RISK.prepare('UPDATE _flags_log SET fingerprint = ?1').bind('A'.repeat(43)).run()
    await next()
    expect(await rulesOf()).toEqual(['risk.scores flags_key_stolen'])
  })

  it('a damaged page is an incident, a lost one is not; both are mended', async () => {
    const { keys } = await bindings.FLAGS.list({ prefix: `mf1/${AUD}/p/` })
    const page = keys[0]?.name ?? ''
    await bindings.FLAGS.put(page, 'something else')
    await next()
    expect(await rulesOf()).toEqual(['risk.scores flags_tampered'])
    expect(await mesh.read('x')).toMatchObject({ state: 'known' })
    await bindings.FLAGS.delete(page)
    await next()
    expect(await rulesOf()).toEqual([])
    expect(await mesh.read('x')).toMatchObject({ state: 'known' })
  })

  it('a new signing key is no incident', async () => {
    mesh.rotateFlagsKey()
    await next()
    expect(await rulesOf()).toEqual([])
    expect(await mesh.read('x')).toMatchObject({ state: 'known', evidence: { kid: 'k2' } })
  })

  it('a product that speaks of another flag set is not published', async () => {
    mesh.minutesPass(1)
    expect(await tick(mesh.world({ ENVIRONMENT: 'other' }))).toMatchObject({
      report: { flags: [{ failure: { code: 'aud_differs' } }] },
    })
    expect(await rulesOf()).toEqual(['risk.scores flags_stopped'])
  })
})

describe('ticks that are doubled, skipped, overtaken and killed', () => {
  it('of two at once one works', async () => {
    await mesh.send([order(1, 'x', 700)])
    const results = await Promise.all([tick(mesh.world()), tick(mesh.world())])
    expect(results.map(({ outcome }) => outcome).toSorted()).toEqual(['busy', 'done'])
  })

  it('a killed one delays the next by its lease; an overtaken one writes nothing more', async () => {
    await mesh.send([order(1, 'x', 700)])
    const world = mesh.world()
    let isHeld = true
    const held = Promise.withResolvers<void>()
    const slow = tick({
      ...world,
      readCatalog: async () => {
        if (isHeld) await held.promise
        return world.readCatalog()
      },
    })
    expect(await next()).toEqual({ outcome: 'busy' })
    expect(await next()).toMatchObject({ outcome: 'done' })
    const before = await status()
    isHeld = false
    held.resolve()
    expect(await slow).toEqual({ outcome: 'overtaken' })
    expect((await status()).products).toEqual(before.products)
    expect(await mesh.read('x')).toMatchObject({ state: 'known' })
  })

  it('one that is killed at any of its transactions, before or after the commit, does no harm', async () => {
    for (let at = 0; at < 8; at++)
      for (const isCommitted of [false, true]) {
        const cents = 100 + 2 * at + Number(isCommitted)
        await mesh.send([order(cents, 'x', cents)])
        const world = mesh.world()
        await tick({ ...world, db: dying(world.db, at, isCommitted) }).catch((error: unknown) =>
          expect(String(error)).toContain('killed'),
        )
        mesh.minutesPass(1)
        await next()
        expect(await mesh.read('x')).toMatchObject({ state: 'known', entry: { largest: cents } })
        expect(await rulesOf()).toEqual([])
      }
  }, 60_000)

  it('while KV takes no writes the old head stands and an incident is open', async () => {
    await mesh.send([order(1, 'x', 700)])
    await tick(mesh.world())
    await mesh.send([order(2, 'x', 900)])
    mesh.minutesPass(1)
    expect(await tick({ ...mesh.world(), kv: readOnly(bindings.FLAGS) })).toMatchObject({
      report: { flags: [{ put: 0, pending: 1, failure: { code: 'kv_error' } }] },
    })
    expect(await rulesOf()).toEqual(['risk.scores flags_stopped'])
    expect(await mesh.read('x')).toMatchObject({ state: 'known', entry: { largest: 700 } })
    await next()
    expect(await rulesOf()).toEqual([])
    expect(await mesh.read('x')).toMatchObject({ state: 'known', entry: { largest: 900 } })
  })

  it('hours without a tick are seen from outside, and the next one goes on', async () => {
    await mesh.send([order(1, 'x', 700)])
    await tick(mesh.world())
    mesh.minutesPass(180)
    expect((await status()).last_tick?.age_ms).toBeGreaterThanOrEqual(180 * MINUTE)
    expect(await mesh.read('x')).toMatchObject({ state: 'unavailable', cause: 'head_expired' })
    await mesh.send([order(2, 'x', 900)])
    await tick(mesh.world())
    expect(await mesh.read('x')).toMatchObject({ state: 'known', entry: { largest: 900 } })
  })
})

describe('over HTTP', () => {
  it.each([
    ['/history', 400, 'parameter_invalid'],
    ['/history?product=no.such', 404, 'not_found'],
    ['/elsewhere', 404, 'not_found'],
  ])('%s is a problem', async (path, status_, code) => {
    const response = await createApp(mesh.now).request(
      `https://mesh.test/platform/steward${path}`,
      {},
      bindings,
    )
    expect([response.status, (await response.json<{ code: string }>()).code]).toEqual([status_, code])
  })
})

/** A database at one of whose transactions the Worker is killed. */
const dying = (db: D1Database, at: number, isCommitted: boolean): D1Database => {
  let batches = 0
  return bound(db, {
    batch: async <T>(statements: D1PreparedStatement[]) => {
      const isLast = batches++ === at
      if (isLast && !isCommitted) throw new Error('killed')
      const results = await db.batch<T>(statements)
      if (isLast) throw new Error('killed')
      return results
    },
  })
}

const readOnly = (kv: KVNamespace): KVNamespace =>
  bound(kv, { put: () => Promise.reject(new Error('KV PUT failed: 500')) })

/** The object with some methods replaced. */
function bound<T extends object>(target: T, methods: Partial<T>): T {
  return new Proxy(target, {
    get(of, property) {
      const value: unknown = Reflect.get(property in methods ? methods : of, property)
      return typeof value === 'function' ? value.bind(of) : value
    },
  })
}
