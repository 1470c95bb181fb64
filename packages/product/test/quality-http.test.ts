/** When a product judges its records, what it remembers, and who may see it. */
import { viewOf } from '@meshloop/access/claims'
import { defineProduct, id, int, time, type Contract } from '@meshloop/contract'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { serve } from '../src/index.ts'
import { setUp, type Bench } from '../src/testing/index.ts'
import { makeTables } from './make-tables.ts'

const MINUTE = 60_000
const START = Date.UTC(2026, 10, 20, 12)
const things = defineProduct({
  id: 'a.things',
  version: '2.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  fields: { key: id('Key'), at: time('When'), units: int('Units'), who: id('Who', { nullable: true }) },
  key: ['key'],
  eventTime: 'at',
  freshness: 'PT5M',
  quality: {
    positive: { means: 'Units are above zero', holds: [{ field: 'units', is: 'gt', value: 0 }] },
    known: {
      means: 'Half of them are known',
      severity: 'warning',
      nulls: 'who',
      unit: 'percent',
      bound: { lte: 50 },
    },
    some: { means: 'There are some', rows: true, bound: { gt: 0 } },
  },
})
const older: Contract = {
  ...things,
  version: '1.0.0',
  quality: { all: { means: 'm', rows: true, bound: { gt: 99 } } },
  projects: { major: 2, fields: {} },
}
const worker = serve({ contract: things, older: [older] })
let bench: Bench

interface Answer {
  readonly quality:
    | readonly { rule: string; count: number; of: number; kept: boolean; judged_at: string }[]
    | null
  readonly quality_state: string
}

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  bench = await setUp(worker, things)
})
afterAll(() => void vi.useRealTimers())
beforeEach(async () => {
  vi.setSystemTime(START)
  await makeTables(bench.env.DB, worker.tables)
})

const minutesPass = (minutes: number) => void vi.setSystemTime(Date.now() + minutes * MINUTE)
const thing = (n: number, units: number, who: string | null = 'x') => ({
  key: `k${n}`,
  at: '2026-01-01T00:00:00.000Z',
  units,
  who,
})
const check = async (path: string, method = 'GET'): Promise<Answer> =>
  bench.json(path, { method, headers: { authorization: `Bearer ${await bench.token('check')}` } })
const judge = () => check('/quality', 'POST')
const status = () => check('/status')
const countsOf = ({ quality, quality_state }: Answer) => [
  quality_state,
  ...(quality ?? []).map(({ rule, count, kept }) => `${rule} ${count} ${kept}`),
]

describe('a product', () => {
  it('judges when asked, and shows what it remembers', async () => {
    await bench.send([thing(1, 5), thing(2, 0), thing(3, 1, null)])
    expect(countsOf(await status())).toEqual(['unjudged'])
    const judged = await judge()
    expect(judged).toEqual({
      quality_state: 'current',
      quality: [
        {
          rule: 'positive',
          severity: 'error',
          counts: 'holds',
          count: 1,
          of: 3,
          unit: 'rows',
          bound: { eq: 0 },
          kept: false,
          judged_at: new Date(START).toISOString(),
        },
        expect.objectContaining({
          rule: 'known',
          severity: 'warning',
          unit: 'percent',
          count: 1,
          kept: true,
        }),
        expect.objectContaining({ rule: 'some', counts: 'rows', count: 3, kept: true }),
      ],
    })
    expect(await status()).toMatchObject(judged)
  })

  it('judges nothing anew while nothing changed', async () => {
    await bench.send([thing(1, 0)])
    const first = await judge()
    minutesPass(600)
    expect(await judge()).toEqual(first)
  })

  it('judges changed data, but not within five minutes', async () => {
    await bench.send([thing(1, 0)])
    await judge()
    await bench.send([thing(2, 0)])
    minutesPass(4.9)
    expect(countsOf(await judge())).toEqual(['older', 'positive 1 false', 'known 0 true', 'some 1 true'])
    minutesPass(0.1)
    expect(countsOf(await judge())).toEqual(['current', 'positive 2 false', 'known 0 true', 'some 2 true'])
  })

  it('waits the longer the more there is to read', async () => {
    await bench.send([thing(1, 1)])
    await judge()
    await bench.env.DB.prepare('UPDATE _quality SET records = 1000000').run()
    await bench.send([thing(2, 1)])
    minutesPass(9.9)
    expect((await judge()).quality_state).toBe('older')
    minutesPass(0.1)
    expect((await judge()).quality_state).toBe('current')
  })

  it('tells of a try that did not end, and tries again after the pause', async () => {
    await bench.send([thing(1, 1)])
    const at = new Date(START).toISOString()
    await bench.env.DB.prepare('INSERT INTO _quality (major, tried_at) VALUES (2, ?1)').bind(at).run()
    expect(countsOf(await judge())).toEqual(['unjudged'])
    minutesPass(2)
    expect(countsOf(await judge())).toEqual(['failed'])
    minutesPass(3)
    expect((await judge()).quality_state).toBe('current')
  })

  it('judges once for two who ask at once', async () => {
    await bench.send([thing(1, 1)])
    await Promise.all([judge(), judge()])
    const rows = await bench.env.DB.prepare('SELECT * FROM _quality').all()
    expect(rows.results).toHaveLength(1)
    expect((await status()).quality_state).toBe('current')
  })

  it('knows nothing of another contract’s results', async () => {
    await bench.send([thing(1, 1)])
    await judge()
    const next = serve({ contract: { ...things, version: '2.1.0' } })
    const response = await next.fetch(
      new Request(`${bench.env.BASE_URL}/status`, {
        headers: { authorization: `Bearer ${await bench.token('check')}` },
      }),
      bench.env,
      {} as ExecutionContext,
    )
    expect(countsOf(await response.json())).toEqual(['unjudged'])
  })

  it('judges its newest major only: an older one has the same records', async () => {
    await bench.send([thing(1, 1)])
    const base = bench.env.BASE_URL.replace('/v2', '/v1')
    const token = await bench.token('check', { aud: base, major: 1 })
    const context = { waitUntil: () => undefined } as unknown as ExecutionContext
    const request = new Request(`${base}/quality`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    })
    const response = await worker.fetch(request, bench.env, context)
    expect(await response.json()).toEqual({ quality: [], quality_state: 'none' })
  })
})

describe('a reader', () => {
  beforeEach(async () => {
    await bench.send([thing(1, 0)])
    await judge()
  })
  const statusOf = async (content: Parameters<typeof viewOf>[0]): Promise<Answer> =>
    bench.json('/status', {
      headers: { authorization: `Bearer ${await bench.token('read', { view: await viewOf(content) })}` },
    })

  it('of everything sees all results', async () => {
    expect(countsOf(await statusOf({ columns: null, rows: [] }))).toEqual(countsOf(await status()))
  })

  it('of some fields learns nothing: hidden changes let rules be judged anew', async () => {
    const own = { columns: ['key', 'units'], rows: [] }
    expect(await statusOf(own)).toMatchObject({ quality: null, quality_state: null })
  })

  it('of some rows learns nothing about the others, nor that they changed', async () => {
    const own = { columns: null, rows: [{ field: 'key', op: 'eq' as const, value: 'k1' }] }
    expect(await statusOf(own)).toMatchObject({ quality: null, quality_state: null })
  })
})
