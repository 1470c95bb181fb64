/** Limits: requests a minute and rows a day, how they are counted, told, and kept by several isolates at once. */
import { viewOf, type AccessClaims } from '@meshloop/access/claims'
import { defineProduct, id, int, time } from '@meshloop/contract'
import { env } from 'cloudflare:workers'
import * as fc from 'fast-check'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createAdmissions,
  USUAL_REQUESTS,
  type Admission,
  type AdmissionOptions,
} from '../src/quota/admission.ts'
import { limitHeaders } from '../src/quota/limit-headers.ts'
import { createRequestWindows } from '../src/quota/request-windows.ts'
import { FLAT_ROWS } from '../src/quota/rows-of-day.ts'
import { serve } from '../src/serve.ts'
import { setUp, type Bench } from '../src/testing/bench.ts'
import { forgetCosts } from '../src/usage/costs.ts'
import { createUsageCounter, type UsageCounter } from '../src/usage/counter.ts'
import { makeTables } from './make-tables.ts'

const things = defineProduct({
  id: 'a.limited',
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  fields: { key: id('Key'), at: time('When'), units: int('Units') },
  key: ['key'],
  eventTime: 'at',
  measures: { things: { means: 'Things', count: true } },
  limits: { requests: 4 },
  freshness: 'PT5M',
})
const worker = serve({ contract: things })
// Bound in vitest.config.ts; FEW lets two through a minute.
const { A: db, FEW, USED } = env as unknown as { A: D1Database; FEW: RateLimit; USED: AnalyticsEngineDataset }
const NOON = Date.UTC(2026, 10, 22, 12)

/** An isolate: its own memory over the same database. */
class Isolate {
  readonly usage: UsageCounter
  readonly #admit: ReturnType<typeof createAdmissions>
  constructor(now: () => number, more: Partial<AdmissionOptions> = {}) {
    this.usage = createUsageCounter(db, now)
    this.#admit = createAdmissions({ db, usage: this.usage, now, ...more })
  }
  ask(consumer: string, { quota, isFlat = false }: { quota?: number; isFlat?: boolean } = {}): Admission {
    const claims = { sub: consumer, ...(quota === undefined ? {} : { rows_per_day: quota }) }
    return this.#admit({ contract: things, claims, isFlat })
  }
  /** Asks, and reads so many rows unless it is refused: the code of the refusal. */
  async read(consumer: string, rows: number, options: { quota?: number; isFlat?: boolean } = {}) {
    const admission = this.ask(consumer, options)
    try {
      await admission.refuseUsedUp()
    } catch (error) {
      return (error as { code: string }).code
    }
    const cost = { rowsRead: rows, rowsWritten: 0 }
    admission.charge(cost)
    this.usage.spend({ major: 1, consumer, cost })
    return undefined
  }
}

const codeOf = async (work: Promise<void>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => (error as { code: string }).code,
  )

describe('requests a minute', () => {
  it('are counted for each consumer, from its first request on', () => {
    const { count } = createRequestWindows()
    const used = (name: string, at: number) => count(name, at).used
    expect([used('a', 0), used('a', 1), used('b', 2), used('a', 59_999)]).toEqual([1, 2, 1, 3])
    expect([used('a', 60_000), used('b', 60_001), used('b', 60_002)]).toEqual([1, 2, 1])
  })

  it('are kept of ten thousand consumers: the one that came first is forgotten', () => {
    const { count } = createRequestWindows()
    for (let n = 0; n <= 10_000; n++) count(`c${n}`, n / 1_000)
    expect([count('c1', 20).used, count('c0', 20).used]).toEqual([2, 1])
  })

  it('over the limit are refused until the minute ends', async () => {
    let now = NOON
    const isolate = new Isolate(() => now)
    const ask = () => codeOf(isolate.ask('c').refuseMany())
    expect([await ask(), await ask(), await ask(), await ask(), await ask()]).toEqual([
      ...Array.from({ length: 4 }, () => undefined),
      'rate_limited',
    ])
    expect(await codeOf(isolate.ask('d').refuseMany())).toBeUndefined()
    now += 60_000
    expect(await ask()).toBeUndefined()
  })

  it('are those of the contract, the usual ones, or those of a load test', () => {
    const quotaOf = (isolate: Isolate, contract = things) =>
      createAdmissions({ db, usage: isolate.usage, now: () => NOON })({
        contract,
        claims: { sub: 'c' },
        isFlat: false,
      }).limits()[0]?.quota
    const { limits: _, ...without } = things
    const isolate = new Isolate(() => NOON)
    expect([quotaOf(isolate), quotaOf(isolate, without as typeof things)]).toEqual([4, USUAL_REQUESTS])
    expect(new Isolate(() => NOON, { requests: 9 }).ask('c').limits()[0]?.quota).toBe(9)
  })

  it('ask the platform’s limit from half of the isolate’s own on', async () => {
    const asked: string[] = []
    const rate: Pick<RateLimit, 'limit'> = {
      limit: async (options) => {
        asked.push(options.key)
        return FEW.limit(options)
      },
    }
    const isolate = new Isolate(() => NOON, { rate, requests: 6 })
    const answers = []
    for (let n = 0; n < 6; n++) answers.push(await codeOf(isolate.ask('c').refuseMany()))
    const none = Array.from({ length: 5 }, () => undefined)
    expect([asked, answers]).toEqual([
      ['1 c', '1 c', '1 c'],
      [...none, 'rate_limited'],
    ])
  })
})

describe('rows a day', () => {
  beforeEach(() => makeTables(db, worker.tables))

  it('are used up, and are all there again when the day turns (UTC)', async () => {
    let now = Date.UTC(2026, 10, 22, 23, 59, 50)
    const isolate = new Isolate(() => now)
    const read = (rows: number) => isolate.read('c', rows, { quota: 100 })
    expect([await read(60), await read(60), await read(1)]).toEqual([undefined, undefined, 'quota_exceeded'])
    expect(isolate.ask('c', { quota: 100 }).limits()[1]).toEqual({
      name: 'rows',
      quota: 100,
      windowSeconds: 86_400,
      left: -20,
      secondsLeft: 10,
    })
    now += 10_000
    expect(await read(1)).toBeUndefined()
  })

  it('are those of the newest token: a raised quota counts at once, no quota is none', async () => {
    const isolate = new Isolate(() => NOON)
    expect(await isolate.read('c', 100, { quota: 100 })).toBeUndefined()
    expect(await isolate.read('c', 1, { quota: 100 })).toBe('quota_exceeded')
    expect(await isolate.read('c', 1, { quota: 200 })).toBeUndefined()
    expect(await isolate.read('c', 1)).toBeUndefined()
    expect(await isolate.read('d', 1, { quota: 100 })).toBeUndefined()
  })

  it('were read by other isolates too, and before this one began', async () => {
    const [one, other] = [new Isolate(() => NOON), new Isolate(() => NOON)]
    await one.read('c', 100, { quota: 100 })
    await one.usage.flush()
    expect(await other.read('c', 1, { quota: 100 })).toBe('quota_exceeded')
  })

  it('are a hundred a request where true ones would tell of hidden rows', async () => {
    const told = []
    for (const hidden of [0, 5_000]) {
      await makeTables(db, worker.tables)
      const isolate = new Isolate(() => NOON)
      const answers = []
      for (let n = 0; n < 4; n++) {
        answers.push(await isolate.read('c', 10 + hidden, { quota: 3 * FLAT_ROWS, isFlat: true }))
        answers.push(isolate.ask('c', { quota: 3 * FLAT_ROWS, isFlat: true }).limits()[1]?.left)
      }
      told.push(answers)
    }
    expect(told[0]).toEqual([undefined, 200, undefined, 100, undefined, 0, 'quota_exceeded', 0])
    expect(told[1]).toEqual(told[0])
  })

  it('are never more than the quota, a hundredth of it an isolate, and the request under way of each', async () => {
    const step = fc.record({
      isolate: fc.nat(2),
      rows: fc.integer({ min: 0, max: 60 }),
      ms: fc.nat(20_000),
      isFlushed: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        await db.prepare('DELETE FROM _cost').run()
        const quota = 500
        let now = NOON
        const isolates = [0, 1, 2].map(() => new Isolate(() => now))
        let read = 0
        let greatest = 0
        for (const { isolate: i, rows, ms, isFlushed } of steps) {
          const isolate = isolates[i] ?? expect.fail('an isolate')
          const refused = await isolate.read('c', rows, { quota })
          if (refused === undefined) {
            read += rows
            greatest = Math.max(greatest, rows)
          } else expect(read).toBeGreaterThanOrEqual(quota)
          if (isFlushed) await isolate.usage.flush()
          now += ms
        }
        expect(read).toBeLessThanOrEqual(quota + isolates.length * (quota / 100 + greatest))
      }),
      { numRuns: 25 },
    )
  })
})

describe('a product', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await setUp(worker, things)
    await makeTables(bench.env.DB, worker.tables)
    const at = '2026-01-01T00:00:00.000Z'
    await bench.send([1, 2, 3].map((n) => ({ key: `k${n}`, at, units: n })))
  })
  let consumers = 0
  const someone = (more: Partial<AccessClaims> = {}) => {
    const sub = `test.c${consumers++}`
    const context = { waitUntil: () => undefined } as unknown as ExecutionContext
    // Without the bench's number of requests, which is for load tests: the contract's own limit.
    const { REQUESTS_PER_MINUTE: _, ...limited } = bench.env
    const own = serve({ contract: things })
    return async (path: string, claims: Partial<AccessClaims> = {}) => {
      const token = await bench.token('read', { sub, ...more, ...claims })
      const request = new Request(`${bench.env.BASE_URL}${path}`, {
        headers: { authorization: `Bearer ${token}` },
      })
      return own.fetch(request, limited, context)
    }
  }

  it('says in every answer to a consumer what is left, and refuses what is too much as a problem', async () => {
    const ask = someone({ rows_per_day: 1_000 })
    const policy = '"requests";q=4;w=60, "rows";q=1000;w=86400;qu="rows"'
    const left = async (path: string, status: number) => {
      const response = await ask(path)
      expect([response.status, response.headers.get('ratelimit-policy')]).toEqual([status, policy])
      const [, requests, rows] =
        /^"requests";r=(\d+);t=\d+, "rows";r=(\d+);t=\d+$/.exec(response.headers.get('ratelimit') ?? '') ?? []
      return { response, requests: Number(requests), rows: Number(rows) }
    }
    const first = await left('/records', 200)
    expect(first.requests).toBe(3)
    expect(first.rows).toBeLessThan(1_000)
    expect((await left('/records?colour=red', 400)).requests).toBe(2)
    expect((await left('/status', 200)).requests).toBe(1)
    expect((await left('/usage/own', 200)).requests).toBe(0)
    const { response } = await left('/records', 429)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const seconds = Number(response.headers.get('retry-after'))
    expect(seconds > 0 && seconds <= 60).toBe(true)
    expect(await response.json()).toEqual({
      type: 'https://catalog.test/problems/rate_limited',
      status: 429,
      title: 'Too many requests',
      code: 'rate_limited',
      detail: expect.stringContaining('4 times a minute') as unknown,
    })
  })

  it('refuses a consumer whose rows of the day are read, also when an agent asks for it, until its quota is raised', async () => {
    const ask = someone({ rows_per_day: 1 })
    expect((await ask('/records')).status).toBe(200)
    const refused = await ask('/records', { client_id: 'test.agent', act: { sub: 'test.agent' } })
    expect([refused.status, await refused.json()]).toEqual([
      429,
      expect.objectContaining({ code: 'quota_exceeded' }),
    ])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    const own = await (
      await ask('/usage/own')
    ).json<{ limits: { left: number }[]; hours: { rows_read: number }[] }>()
    expect(own.limits[1]?.left).toBe(0)
    expect(own.hours[0]?.rows_read).toBeGreaterThan(0)
    expect((await ask('/records', { rows_per_day: 1_000 })).status).toBe(200)
  })

  it.each([
    ['some rows', { columns: null, rows: [{ field: 'key', op: 'eq' as const, value: 'k1' }] }],
    ['some columns', { columns: ['key', 'at'], rows: [] }],
  ])('tells a view of %s no rows that were read', async (_name, content) => {
    const view = await viewOf(content)
    const ask = someone({ view, rows_per_day: 1_000 })
    expect((await ask('/records')).headers.get('ratelimit')).toMatch(/"rows";r=900;/)
    const own = await (await ask('/usage/own')).json<{ hours: object[] }>()
    expect(own.hours).toMatchObject([{ requests: 1, rows_read: null }])
  })

  it('never keeps a source or the steward out', async () => {
    for (let n = 0; n < 6; n++) {
      const { headers, status } = await bench.call('/usage', {
        headers: { authorization: `Bearer ${await bench.token('check')}` },
      })
      expect([status, headers.get('ratelimit')]).toEqual([200, null])
    }
  })

  it('writes a data point a request where Analytics Engine is bound, and answers when that fails', async () => {
    const points: AnalyticsEngineDataPoint[] = []
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const call = async (writeDataPoint: AnalyticsEngineDataset['writeDataPoint']) => {
      const own = serve({ contract: things })
      const context = { waitUntil: () => undefined } as unknown as ExecutionContext
      const headers = { authorization: `Bearer ${await bench.token('read')}` }
      const request = new Request(`${bench.env.BASE_URL}/records`, { headers })
      return (await own.fetch(request, { ...bench.env, USAGE: { writeDataPoint } }, context)).status
    }
    const kept = await call((point) => {
      points.push(point ?? {})
      USED.writeDataPoint(point)
    })
    expect([kept, log.mock.calls.length]).toEqual([200, 0])
    expect(points).toMatchObject([
      { indexes: ['test.consumer'], blobs: ['a.limited', '1', 'records', '200'] },
    ])
    expect(points[0]?.doubles?.[0]).toBeGreaterThan(0)
    const failed = await call(() => {
      throw new Error('the dataset is away')
    })
    expect([failed, log.mock.calls.length]).toEqual([200, 1])
    log.mockRestore()
  })
})

it('costs are forgotten after forty days', async () => {
  await makeTables(db, worker.tables)
  const day = 86_400_000
  let now = NOON
  const { usage } = new Isolate(() => now)
  for (; now <= NOON + 41 * day; now += 41 * day) {
    usage.spend({ major: 1, consumer: 'c', cost: { rowsRead: 2, rowsWritten: 1 } })
    await usage.flush()
  }
  await forgetCosts(db, NOON + 41 * day)
  const { results } = await db.prepare('SELECT * FROM _cost').all()
  expect(results).toEqual([
    { hour: '2027-01-02T12', major: 1, consumer: 'c', requests: 1, rows_read: 2, rows_written: 1 },
  ])
})

it('headers are structured fields: nothing is left below nothing', () => {
  const rows = { name: 'rows', quota: 10, windowSeconds: 86_400, left: -3, secondsLeft: 0.2 } as const
  expect(limitHeaders([rows])).toEqual({
    policy: '"rows";q=10;w=86400;qu="rows"',
    standing: '"rows";r=0;t=1',
  })
})
