/** Who reads what: which fields a request counts for, when counts are written, and that no answer depends on it. */
import { viewOf } from '@meshloop/access/claims'
import { defineProduct, id, int, money, text, time, type Contract } from '@meshloop/contract'
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { serve } from '../src/index.ts'
import { setUp, type Bench } from '../src/testing/index.ts'
import { createUsageCounter, type UsageCounter } from '../src/usage/counter.ts'
import { makeTables } from './make-tables.ts'

const things = defineProduct({
  id: 'a.things',
  version: '2.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  fields: {
    key: id('Key'),
    at: time('When'),
    kind: text('Kind'),
    units: int('Units'),
    cents: money('Amount', { unit: 'currency' }),
    currency: text('Currency'),
  },
  key: ['key'],
  eventTime: 'at',
  indexes: ['kind'],
  dimensions: ['kind', 'currency'],
  measures: { things: { means: 'Things', count: true }, cents_total: { means: 'Sum', sum: 'cents' } },
  freshness: 'PT5M',
})
const { units, ...others } = things.fields
const older: Contract = {
  ...things,
  version: '1.0.0',
  fields: { ...others, amount: units },
  projects: { major: 2, fields: { amount: { from: 'units' } } },
}
const worker = serve({ contract: things, older: [older] })
const ALL = Object.keys(things.fields)
const { A: db } = env as unknown as { A: D1Database } // bound in vitest.config.ts

interface Usage {
  readonly since: string
  readonly consumers: { consumer: string; requests: number; last_day: string; fields: string[] }[]
}

describe('a request counts for the fields that it reads', () => {
  let bench: Bench
  let consumer = 0
  beforeAll(async () => {
    bench = await setUp(worker, things)
    await makeTables(bench.env.DB, worker.tables)
    const at = '2026-01-01T00:00:00.000Z'
    await bench.send([{ key: 'k1', at, kind: 'a', units: 1, cents: 5, currency: 'EUR' }])
  })
  /** Calls as a consumer of its own, for which an agent acts: it counts for the consumer. */
  const callAs = async (paths: readonly string[], columns: readonly string[] | null = null) => {
    const sub = `test.c${consumer++}`
    const view = await viewOf({ columns: columns === null ? null : [...columns], rows: [] })
    const headers = {
      authorization: `Bearer ${await bench.token('read', { sub, client_id: 'test.agent', act: { sub: 'test.agent' }, view })}`,
    }
    for (const path of paths) await bench.call(path, { headers })
    const { consumers } = await bench.json<Usage>('/usage', {
      headers: { authorization: `Bearer ${await bench.token('check')}` },
    })
    return consumers.find((each) => each.consumer === sub)
  }

  it.each<[string, readonly string[]]>([
    ['/records', ALL],
    ['/records/k1', ALL],
    ['/changes', ALL],
    ['/records?fields=units', ['units']],
    ['/changes?fields=units', ['key', 'units']],
    ['/records?fields=units&sort=-at&kind=a&key[in]=k1,k2', ['key', 'at', 'kind', 'units']],
    ['/aggregate?measures=things', []],
    ['/aggregate?measures=things&by=kind', ['kind']],
    ['/aggregate?measures=cents_total&at[gte]=2026-01-01T00:00:00.000Z', ['at', 'cents', 'currency']],
    ['/aggregate', ['cents', 'currency']],
  ])('%s', async (path, fields) => {
    expect(await callAs([path])).toMatchObject({ requests: 1, fields })
  })

  it('only those that its view shows', async () => {
    expect(await callAs(['/records', '/aggregate'], ['key', 'at', 'units'])).toMatchObject({
      requests: 2,
      fields: ['key', 'at', 'units'],
    })
  })

  it('together with those of its other requests', async () => {
    expect(
      await callAs(['/records?fields=units', '/records?fields=kind', '/records?fields=kind']),
    ).toMatchObject({
      requests: 3,
      fields: ['kind', 'units'],
    })
  })

  it('of its own major', async () => {
    const sub = 'test.majors'
    const v1 = bench.env.BASE_URL.replace('/v2', '/v1')
    const context = { waitUntil: () => undefined } as unknown as ExecutionContext
    const of = async (base: string, path: string, scope: 'read' | 'check') => {
      const major = base === v1 ? 1 : 2
      const token = await bench.token(scope, { sub, aud: base, major })
      const request = new Request(`${base}${path}`, { headers: { authorization: `Bearer ${token}` } })
      return (await worker.fetch(request, bench.env, context)).json<Usage>()
    }
    await of(v1, '/records?fields=amount', 'read')
    await of(bench.env.BASE_URL, '/records?fields=units', 'read')
    const fieldsOf = ({ consumers }: Usage) =>
      consumers.filter(({ consumer: each }) => each === sub).map(({ fields }) => fields)
    expect(fieldsOf(await of(v1, '/usage', 'check'))).toEqual([['amount']])
    expect(fieldsOf(await of(bench.env.BASE_URL, '/usage', 'check'))).toEqual([['units']])
  })

  it('but not when it is refused', async () => {
    expect(await callAs(['/records?colour=red', '/records/k9', '/nothing'])).toBeUndefined()
  })

  it('and is answered when it cannot be counted', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    await bench.env.DB.prepare('DROP TABLE _usage').run()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 })
    const { status } = await bench.call('/records')
    vi.useRealTimers()
    expect([status, log.mock.calls.length]).toEqual([200, 1])
    log.mockRestore()
    await makeTables(bench.env.DB, worker.tables)
  })
})

describe('counts', () => {
  const START = Date.UTC(2026, 10, 20, 23, 59)
  let now = START
  let counter: UsageCounter
  beforeEach(async () => {
    await makeTables(db, worker.tables)
    now = START
    counter = createUsageCounter(db, () => now)
  })
  const use = (consumer: string, fields: readonly string[], major = 1) =>
    counter.count({ major, consumer, fields })
  const rows = async () => {
    const { results } = await db
      .prepare('SELECT day, major, consumer, field, requests FROM _usage')
      .all<Record<string, string | number>>()
    return results.map((row) => Object.values(row).join(' '))
  }

  it('are due at once, then five minutes after they were last written', async () => {
    expect(counter.isDue()).toBe(false)
    use('c', ['a'])
    expect(counter.isDue()).toBe(true)
    await counter.flush()
    use('c', ['a'])
    now += 299_999
    expect(counter.isDue()).toBe(false)
    now += 1
    expect(counter.isDue()).toBe(true)
  })

  it('add up by day, major, consumer and field', async () => {
    use('c', ['a', 'b'])
    use('c', ['a'])
    use('c', ['a'], 2)
    use('d', [])
    await counter.flush()
    use('c', ['b'])
    now += 60_000
    use('c', ['b'])
    await counter.flush()
    expect(await rows()).toEqual([
      '2026-11-20 1 c  3',
      '2026-11-20 1 c a 2',
      '2026-11-20 1 c b 2',
      '2026-11-20 1 d  1',
      '2026-11-20 2 c  1',
      '2026-11-20 2 c a 1',
      '2026-11-21 1 c  1',
      '2026-11-21 1 c b 1',
    ])
  })

  it('are due early when many pile up, and are bounded', async () => {
    use('c', [])
    await counter.flush()
    for (let n = 0; n < 499; n++) use(`c${n}`, ['a'])
    expect(counter.isDue()).toBe(false)
    for (let n = 499; n < 5_000; n++) use(`c${n}`, ['a'])
    expect(counter.isDue()).toBe(true)
    await counter.flush()
    expect(await rows()).toHaveLength(1 + 2 * 1_000)
  })

  it('are forgotten after a hundred days', async () => {
    use('c', [])
    await counter.flush()
    now += 99 * 86_400_000
    use('c', [])
    await counter.flush()
    expect((await rows()).map((row) => row.slice(0, 10))).toEqual(['2026-11-20', '2027-02-27'])
    now += 86_400_000
    use('d', [])
    await counter.flush()
    expect((await rows()).map((row) => row.slice(0, 10))).toEqual(['2027-02-27', '2027-02-28'])
  })
})
