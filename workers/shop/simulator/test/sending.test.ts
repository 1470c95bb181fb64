/** What happened arrives: all of it, once everything repeats, and never later than it is claimed. */
import { createClient } from '@meshloop/client'
import { applyD1Migrations, type D1Migration } from 'cloudflare:test'
import { env as bindings } from 'cloudflare:workers'
import * as fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import worker from '../index.ts'
import { eventsBetween, type ShopEvent } from '../src/events.ts'
import { batchesOf } from '../src/sending/batches.ts'
import { found, readProgress } from '../src/sending/ledger.ts'
import { run, runLimits, type RunLimits } from '../src/sending/run.ts'
import type { SimulatorEnv } from '../src/sending/settings.ts'
import type { readStatus } from '../src/sending/status.ts'
import { createSimulator } from '../src/sending/worker.ts'
import { DAY, HOUR, MINUTE } from '../src/time.ts'
import { createMesh, type Fate, type MeshOptions } from './mesh.ts'

const names = ['purchase.orders', 'customer.accounts', 'marketing.newsletter'] as const
const products = names.map((product) => ({ product, major: 1 }))
const clientKey = `ml_local_shop.simulator_${'A'.repeat(43)}`
const { DB, MIGRATIONS } = bindings as unknown as { DB: D1Database; MIGRATIONS: D1Migration[] }
const env: SimulatorEnv = {
  DB,
  ISSUER: 'https://catalog.test',
  CLIENT_KEY: clientKey,
  SEED: '4',
  CUSTOMERS: '60',
  PACE: '30',
  HISTORY_DAYS: '10',
  LIVE: 'on',
}
const launchMs = Date.UTC(2026, 10, 22, 14, 30)

const forget = () => DB.batch(['shop', 'progress'].map((table) => DB.prepare(`DELETE FROM ${table}`)))
beforeEach(async () => {
  await applyD1Migrations(DB, MIGRATIONS)
  await forget()
})

/** A simulator in a mesh, with a clock that stands still until a test moves it. */
function open(options: MeshOptions = {}) {
  const mesh = createMesh(options)
  const clock = { ms: launchMs }
  const simulator = createSimulator({ fetch: mesh.fetch, now: () => clock.ms, products })
  const status = async (given = env) =>
    (await simulator.answer(new Request('https://x.test/shop/simulator/status'), given)).json<
      Awaited<ReturnType<typeof readStatus>>
    >()
  return { mesh, clock, simulator, status }
}

const rowsOf = (events: readonly ShopEvent[], product: string, beforeMs: number): string[] =>
  events
    .filter((event) => event.product === product && event.atMs < beforeMs)
    .map(({ record }) => JSON.stringify(record))

describe('a run', () => {
  it('sends the history and the day until now, in several runs, and claims what it has sent', async () => {
    const { mesh, clock, simulator, status } = open()
    await simulator.run(env)
    clock.ms += HOUR
    for (let runs = 1; (await status()).behind_ms !== 0; runs++) {
      expect(runs).toBeLessThan(10)
      await simulator.run(env)
    }
    const { shop } = await found(DB, { seed: 0, customers: 1, pace: 1, historyMs: 0 }, names, 0)
    const events = eventsBetween(shop, launchMs - 10 * DAY, clock.ms)
    for (const name of names) {
      const { rows, claim } = mesh.takenBy(name)
      expect([...rows]).toEqual(rowsOf(events, name, clock.ms))
      expect(claim).toBe(new Date(clock.ms).toISOString())
    }
    expect(await status()).toMatchObject({
      launched_at: new Date(launchMs).toISOString(),
      pace: 30,
      behind_ms: 0,
      done_share: 1,
      rows_sent: events.length,
    })
  })

  it('stops after its rows, and the next goes on', async () => {
    const { mesh, simulator, status } = open()
    const many = { ...env, CUSTOMERS: '500', HISTORY_DAYS: '20' }
    await simulator.run(many)
    const first = await status()
    expect(first.rows_sent).toBeLessThanOrEqual(runLimits.rows)
    expect(first.rows_sent).toBeGreaterThan(runLimits.rows - 500)
    expect(first.done_share).toBeGreaterThan(0)
    expect(first.done_share).toBeLessThan(1)
    await simulator.run(many)
    expect((await status()).done_share).toBeGreaterThan(first.done_share)
    const batches = names.flatMap((name) => mesh.takenBy(name).batches)
    expect(Math.max(...batches)).toBeLessThanOrEqual(2000)
  })

  it('begins nothing new after its time', async () => {
    const clock = { ms: launchMs }
    const slow = createMesh({ onClaim: () => void (clock.ms += 8_000) })
    const simulator = createSimulator({ fetch: slow.fetch, now: () => clock.ms, products })
    await simulator.run({ ...env, HISTORY_DAYS: '60' })
    expect(names.flatMap((name) => slow.takenBy(name).batches)).toHaveLength(3)
  })

  it('tells that nothing happened', async () => {
    const { mesh, clock, simulator } = open()
    const quiet = { ...env, CUSTOMERS: '1', PACE: '1', HISTORY_DAYS: '0' }
    await simulator.run(quiet)
    clock.ms += MINUTE
    await simulator.run(quiet)
    for (const name of names)
      expect(mesh.takenBy(name)).toMatchObject({ batches: [0], claim: new Date(clock.ms).toISOString() })
  })

  it('stops at the launch when the shop is not live, and goes on from there when it is again', async () => {
    const { mesh, clock, simulator, status } = open()
    const still = { ...env, LIVE: 'off' }
    for (let runs = 0; runs < 3; runs++) {
      await simulator.run(still)
      clock.ms += HOUR
    }
    for (const name of names) expect(mesh.takenBy(name).claim).toBe(new Date(launchMs).toISOString())
    expect(await status(still)).toMatchObject({ done_share: 1, behind_ms: 0 })
    await simulator.run(env)
    expect((await status()).behind_ms).toBe(0)
  })

  it('keeps to what the shop was founded with', async () => {
    const { simulator, status, clock } = open()
    await simulator.run(env)
    clock.ms += MINUTE
    await simulator.run({ ...env, SEED: '5', PACE: '7', HISTORY_DAYS: '1' })
    expect(await status()).toMatchObject({ launched_at: new Date(launchMs).toISOString(), pace: 30 })
  })

  it('goes on with the other products when one cannot be told, and says why', async () => {
    const { mesh, simulator, status } = open({
      fateOf: (product) => (product === 'purchase.orders' ? 'refused' : 'taken'),
    })
    await expect(simulator.run(env)).rejects.toMatchObject({ code: 'sending_failed' })
    const [accounts, newsletter, orders] = (await status()).products
    expect(accounts).toMatchObject({ product: 'customer.accounts', done_share: 1, problem: null })
    expect(newsletter).toMatchObject({ product: 'marketing.newsletter', done_share: 1, problem: null })
    expect(orders).toMatchObject({ product: 'purchase.orders', done_share: 0, rows_sent: 0 })
    expect(orders?.problem).toContain('internal: Not now.')
    expect(mesh.takenBy('purchase.orders').rows.size).toBe(0)
  })

  it('repeats what was taken without an answer, and forgets the problem then', async () => {
    let lost = true
    const { mesh, simulator, status } = open({ fateOf: () => (lost ? 'lost' : 'taken') })
    await expect(simulator.run(env)).rejects.toMatchObject({ code: 'sending_failed' })
    expect((await status()).products.map(({ done_share }) => done_share)).toEqual([0, 0, 0])
    const before = mesh.takenBy('customer.accounts').rows.size
    lost = false
    await simulator.run(env)
    expect((await status()).products.map(({ problem }) => problem)).toEqual([null, null, null])
    expect(mesh.takenBy('customer.accounts').rows.size).toBeGreaterThanOrEqual(before)
  })

  it.each([
    ['SEED', ''],
    ['SEED', '-1'],
    ['SEED', '1.5'],
    ['PACE', 'fast'],
    ['PACE', '1001'],
    ['HISTORY_DAYS', '1e3'],
    ['CUSTOMERS', '10001'],
    ['LIVE', 'true'],
  ])('is refused with %s = "%s"', async (name, value) => {
    const { simulator, mesh } = open()
    await expect(simulator.run({ ...env, [name]: value })).rejects.toMatchObject({ code: 'settings_invalid' })
    expect(mesh.takenBy('purchase.orders').batches).toEqual([])
    expect(await readProgress(DB)).toEqual([])
  })

  it.each([
    ['PACE', '0'],
    ['CUSTOMERS', '0'],
  ])('founds no shop with %s = "%s"', async (name, value) => {
    await expect(open().simulator.run({ ...env, [name]: value })).rejects.toMatchObject({
      code: 'shop_options_invalid',
    })
    expect(await readProgress(DB)).toEqual([])
  })
})

describe('batches', () => {
  it.each([
    ['no rows', 0, 1, [0]],
    ['few rows', 3, 1, [3]],
    ['too many rows', 4001, 1, [2000, 2000, 1]],
    ['large rows', 5, 400_000, [2, 2, 1]],
    ['rows of two bytes a character', 4, 240_000, [2, 2]],
    ['a row that is too large: the client refuses it', 2, 2_000_000, [1, 1]],
  ])('of %s', (what, count, characters, sizes) => {
    const text = (what.includes('two bytes') ? 'ü' : 'x').repeat(characters)
    const rows = Array.from({ length: count }, (_, n) => ({ n, text }))
    const batches = batchesOf(rows)
    expect(batches.map((batch) => batch.length)).toEqual(sizes)
    expect(batches.flat()).toEqual(rows)
  })
})

describe('over any course of failures, lost answers, bounds, pauses and runs at once', () => {
  const fates = fc.array(fc.constantFrom<Fate>('taken', 'taken', 'refused', 'lost'), { maxLength: 12 })
  const step = fc.record({
    pauseMs: fc.integer({ min: 0, max: 3 * HOUR }),
    rows: fc.integer({ min: 1, max: 60 }),
    atOnce: fc.integer({ min: 1, max: 2 }),
  })

  it('no claim is ahead of what has arrived, and in the end everything has', async () => {
    const course = fc.record({
      seed: fc.integer({ min: 0, max: 1000 }),
      pace: fc.constantFrom(1, 30),
      fates,
      steps: fc.array(step, { minLength: 1, maxLength: 6 }),
    })
    await fc.assert(
      fc.asyncProperty(course, async ({ seed, pace, fates: given, steps }) => {
        await forget()
        const historyMs = 2 * DAY
        const { shop } = await found(DB, { seed, customers: 20, pace, historyMs }, names, launchMs)
        const lastMs = launchMs + steps.reduce((sum, { pauseMs }) => sum + pauseMs, 0)
        const events = eventsBetween(shop, launchMs - historyMs, lastMs)
        const fate = given.values()
        const aheadBy: string[] = []
        const mesh = createMesh({
          fateOf: () => fate.next().value ?? 'taken',
          onClaim: (product, claim) => {
            const { rows } = mesh.takenBy(product)
            aheadBy.push(...rowsOf(events, product, Date.parse(claim)).filter((row) => !rows.has(row)))
          },
        })
        let nowMs = launchMs
        const now = () => nowMs
        const client = createClient({ issuer: 'https://catalog.test', clientKey, fetch: mesh.fetch, now })
        const once = async (limits: RunLimits): Promise<void> => {
          try {
            await run({ db: DB, client, shop, products, endMs: nowMs, now, limits })
          } catch (error) {
            expect(error).toMatchObject({ code: 'sending_failed' })
          }
        }
        for (const { pauseMs, rows, atOnce } of steps) {
          nowMs += pauseMs
          await Promise.all(Array.from({ length: atOnce }, (_, i) => once({ rows: rows + 7 * i, ms: HOUR })))
        }
        for (const _ of given) await once({ rows: 10_000, ms: HOUR }) // until all failures are used up
        await once({ rows: 10_000, ms: HOUR })
        expect(aheadBy).toEqual([])
        const sent = (await readProgress(DB)).reduce((sum, { rowsSent }) => sum + rowsSent, 0)
        expect(sent).toBe(events.length)
        for (const name of names) {
          expect([...mesh.takenBy(name).rows].toSorted()).toEqual(rowsOf(events, name, nowMs).toSorted())
          expect(mesh.takenBy(name).claim).toBe(new Date(nowMs).toISOString())
        }
      }),
      { numRuns: Math.ceil((fc.readConfigureGlobal().numRuns ?? 100) / 4) },
    )
  }, 300_000)
})

describe('the Worker', () => {
  it('runs by its cron, tells its status over HTTP, and nothing else', async () => {
    const get = (path: string, method = 'GET') =>
      worker.fetch(new Request(`https://x.test${path}`, { method }) as never, env)
    const small = { ...env, CUSTOMERS: '5', HISTORY_DAYS: '3' }
    expect(await (await get('/shop/simulator/status')).json()).toEqual({
      launched_at: null,
      pace: null,
      behind_ms: null,
      done_share: 0,
      rows_sent: 0,
      products: [],
    })
    await worker.scheduled(
      { cron: '* * * * *', scheduledTime: 0, noRetry: () => undefined, type: 'scheduled' } as never,
      small,
    )
    expect(await (await get('/shop/simulator/status')).json()).toMatchObject({
      done_share: 1,
      products: [
        { product: 'customer.accounts' },
        { product: 'marketing.newsletter' },
        { product: 'purchase.orders' },
      ],
    })
    expect((await get('/shop/simulator/')).status).toBe(404)
    expect((await get('/shop/simulator/status', 'POST')).status).toBe(404)
  })
})
