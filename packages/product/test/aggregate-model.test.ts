/**
 * Totals against plain code: any measures, groups, filters, orders and time zones over any history of writes, answered from the
 * records and from rollups. The plain code finds hours by walking the clock back minute by minute.
 */
import { viewOf } from '@meshloop/access/claims'
import { bool, defineProduct, groupingOf, id, int, money, oneOf, text, time } from '@meshloop/contract'
import fc from 'fast-check'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { serve } from '../src/serve.ts'
import { setUp, type Bench } from '../src/testing/bench.ts'
import { dearRuns } from '../src/testing/runs.ts'
import { pagesOf } from './group-pages.ts'
import { makeTables } from './make-tables.ts'
import { groupsOf, type AskedTotals, type ModelRow } from './totals-model.ts'

const visits = defineProduct({
  id: 'a.visits',
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
  fields: {
    k: id('Key'),
    at: time('When'),
    version: int('Version'),
    left: time('Left', { nullable: true }),
    shop: oneOf(['x', 'y', 'z'], 'Shop', { nullable: true }),
    ok: bool('Fine'),
    units: int('Units', { nullable: true }),
    weight: int('Weight'),
    spent: money('Spent', { unit: 'currency', nullable: true }),
    currency: text('Currency', { nullable: true }),
  },
  key: ['k'],
  eventTime: 'at',
  versionBy: 'version',
  indexes: ['shop', 'ok'],
  measures: {
    all: { means: 'All', count: true },
    weight_sum: { means: 'Weight', sum: 'weight' },
    spent_sum: { means: 'Spent', sum: 'spent' },
    shops: { means: 'Shops', distinct: 'shop' },
    units_each: { means: 'Units', average: 'units' },
    weight_each: { means: 'Weight of one', average: 'weight' },
    first: { means: 'First', min: 'at' },
    last_left: { means: 'Last', max: 'left' },
    least_key: { means: 'Key', min: 'k' },
    most_spent: { means: 'Most', max: 'spent' },
    spent_each: { means: 'Spent by one', ratio: ['spent_sum', 'all'] },
    weight_by_shop: { means: 'By shop', ratio: ['weight_sum', 'shops'] },
  },
  dimensions: ['shop', 'ok', 'left', 'currency'],
  rollups: [
    { by: ['shop'], measures: ['all'] },
    { by: ['shop', 'at.day'], measures: ['weight_sum'] },
    { by: ['ok', 'at.hour', 'currency'], measures: ['all', 'spent_sum', 'weight_sum'] },
    { by: ['at.month'], measures: ['all', 'weight_sum'] },
  ],
})
const worker = serve({ contract: visits })

/** Moments at which clocks were set: back and forth, by half an hour, by a quarter, by a whole day. */
const changes = [
  '2025-10-26T01:00:00Z', // Berlin
  '2025-03-30T01:00:00Z',
  '2025-04-05T15:00:00Z', // Lord Howe: half an hour
  '2025-10-04T15:30:00Z',
  '1985-12-31T18:30:00Z', // Kathmandu: a quarter
  '2011-12-30T10:00:00Z', // Apia: no 30 December
  '2025-11-02T06:00:00Z', // New York
  '2025-12-31T23:00:00Z',
]
const zones = ['UTC', 'Etc/UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia', 'America/St_Johns'] // prettier-ignore

const moment = fc
  .record({
    change: fc.constantFrom(...changes),
    minutes: fc.integer({ min: -1600, max: 1600 }),
    ms: fc.constantFrom(0, 0, 1, 59_999),
  }) // prettier-ignore
  .map(({ change, minutes, ms }) => new Date(Date.parse(change) + minutes * 60_000 + ms).toISOString())
const border = fc
  .record({ at: moment, cut: fc.constantFrom(7, 10, 13) })
  .map(({ at, cut }) => `${at.slice(0, cut)}${'2026-01-01T00:00:00.000Z'.slice(cut)}`)

const content = fc.record({
  at: moment,
  left: fc.option(moment),
  shop: fc.option(fc.constantFrom('x', 'y', 'z'), { freq: 5 }),
  ok: fc.boolean(),
  units: fc.option(fc.integer({ min: -3, max: 9 })),
  weight: fc.integer({ min: 0, max: 1000 }),
  spent: fc.option(fc.integer({ min: -500, max: 5000 })),
  currency: fc.option(fc.constantFrom('EUR', 'USD'), { freq: 5 }),
})
const step = fc.array(
  fc.record({ n: fc.nat(24), content: fc.option(content, { freq: 6 }) }),
  { minLength: 1, maxLength: 15 }, // prettier-ignore
)
const lengths = ['hour', 'day', 'week', 'month'] as const
const asked: fc.Arbitrary<AskedTotals> = fc
  .record({
    measures: fc.oneof(
      fc.subarray(Object.keys(visits.measures ?? {}), { minLength: 1 }),
      fc.subarray(['all', 'weight_sum', 'weight_each'], { minLength: 1 }),
    ),
    plain: fc.subarray(['shop', 'ok', 'left', 'currency'], { maxLength: 2 }),
    timed: fc.subarray(
      lengths.flatMap((each) => [`at.${each}`, `left.${each}`]),
      { maxLength: 2 },
    ),
    since: fc.option(fc.tuple(fc.constantFrom('gte', 'gt'), fc.oneof(moment, border))),
    until: fc.option(fc.tuple(fc.constantFrom('lt', 'lte'), fc.oneof(moment, border))),
    shop: fc.option(fc.constantFrom('x', 'y')),
    zone: fc.oneof(fc.constant('UTC'), fc.constantFrom(...zones)),
    sort: fc.array(fc.tuple(fc.nat(20), fc.boolean()), { maxLength: 2 }),
  })
  .map(({ plain, timed, sort, ...rest }) => {
    const by = [...plain, ...timed]
    const members = [...rest.measures, ...by]
    const picked = new Map(sort.map(([at, isDown]) => [members[at % members.length] ?? '', isDown]))
    return { ...rest, by, sort: [...picked].map(([name, isDown]) => `${isDown ? '-' : ''}${name}`) }
  })

describe('totals', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await setUp(worker, visits)
  })
  beforeEach(() => makeTables(bench.env.DB, worker.tables))

  const queryOf = ({ measures, by, since, until, shop, zone, sort }: AskedTotals) => {
    const query = new URLSearchParams({ measures: measures.join(), limit: '1000' })
    if (by.length > 0) query.set('by', by.join())
    if (sort.length > 0) query.set('sort', sort.join())
    if (since) query.set(`at[${since[0]}]`, since[1])
    if (until) query.set(`at[${until[0]}]`, until[1])
    if (shop !== null) query.set('shop', shop)
    if (zone !== 'UTC') query.set('time_zone', zone)
    return `/aggregate?${query.toString()}`
  }
  // Who is shown all fields by name is answered from the records, never from rollups.
  const byName = async () => {
    const view = await viewOf({ columns: Object.keys(visits.fields), rows: [] })
    return { headers: { authorization: `Bearer ${await bench.token('read', { view })}` } }
  }

  it('are those of plain code, from records and rollups alike, whatever was written', async () => {
    const init = await byName()
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ step, asked: fc.array(asked, { minLength: 2, maxLength: 4 }) }), { minLength: 1, maxLength: 3 }), // prettier-ignore
        fc.integer({ min: 1, max: 7 }),
        async (history, limit) => {
          await makeTables(bench.env.DB, worker.tables)
          const rows = new Map<string, ModelRow>()
          let version = 0
          for (const { step: changed, asked: queries } of history) {
            const sent = changed.map(({ n, content: row }) => ({ k: `k${n}`, version: version++, row }))
            const response = await bench.send(
              sent.map(({ k, version: of, row }) =>
                row ? { k, version: of, ...row } : { k, version: of, _deleted: true },
              ),
            )
            expect(await response.json()).toMatchObject({ quarantined: 0 })
            for (const { k, version: of, row } of sent)
              if (row) rows.set(k, { k, version: of, ...row })
              else rows.delete(k)
            for (const query of queries) {
              const expected = groupsOf(visits, [...rows.values()], query)
              for (const by of [undefined, init]) {
                const { groups } = await bench.json<{ groups: Record<string, unknown>[] }>(queryOf(query), by)
                expect(groups, `${queryOf(query)} ${by ? 'records' : 'kept'}`).toEqual(expected)
                expect(await pagesOf(bench, queryOf(query), limit, by), queryOf(query)).toEqual(groups)
              }
            }
          }
        },
      ),
      dearRuns(5),
    )
  })

  const row = (n: number, at: string) => ({ k: `k${n}`, at, version: n, left: null, shop: 'x', ok: true, units: null, weight: n, spent: null, currency: null }) // prettier-ignore

  it.each([
    ['by=at.month', true],
    ['by=at.week', true],
    ['by=at.day&time_zone=Etc/UTC', true],
    ['by=ok,at.day&time_zone=Europe/Berlin', true],
    ['by=ok,at.day&time_zone=Asia/Kathmandu', false],
    ['by=at.month&at[gte]=2026-10-01T00:00:00.000Z', true],
    ['by=shop&at[lte]=2026-10-31T23:59:59.999Z', true],
    ['by=shop&at[gt]=2026-10-31T23:59:59.998Z', false],
    ['by=shop&at[lt]=2026-10-31T22:00:00.000Z', false],
    ['by=ok&at[lt]=2026-10-31T22:00:00.000Z', true],
    ['by=shop&at=2026-10-01T00:00:00.000Z', false],
    ['by=left', false],
    ['by=left.day', false],
  ])('are read from a rollup, where %s: %s', async (query, isKept) => {
    await bench.send([row(1, '2026-10-05T10:30:00.000Z'), row(2, '2026-11-02T12:00:00.000Z')])
    for (const { by } of visits.rollups ?? [])
      await bench.env.DB.prepare(`UPDATE "_rollup_${by.join('_').replaceAll('.', '_')}" SET _n = _n + 1000`).run() // prettier-ignore
    for (const { by } of (visits.rollups ?? []).filter(({ measures }) => measures.includes('all')))
      await bench.env.DB.prepare(`UPDATE "_rollup_${by.join('_').replaceAll('.', '_')}" SET "all" = "all" + 1000`).run() // prettier-ignore
    const { groups } = await bench.json<{ groups: { all: number }[] }>(`/aggregate?measures=all&${query}`)
    expect(groups.some(({ all }) => all >= 1000)).toBe(isKept)
  })

  it('name an hour by its beginning, and longer times by their first day', async () => {
    await bench.send([row(1, '2026-10-25T00:30:00.000Z'), row(2, '2026-10-25T01:30:00.000Z')])
    const by = async (length: string) =>
      (await bench.json<{ groups: object[] }>(`/aggregate?measures=all&by=at.${length}&time_zone=Europe/Berlin`)).groups // prettier-ignore
    expect(await by('hour')).toEqual([
      { 'at.hour': '2026-10-25T00:00:00.000Z', all: 1 },
      { 'at.hour': '2026-10-25T01:00:00.000Z', all: 1 },
    ])
    expect(await by('day')).toEqual([{ 'at.day': '2026-10-25', all: 2 }])
    expect(await by('week')).toEqual([{ 'at.week': '2026-10-19', all: 2 }])
    expect(await by('month')).toEqual([{ 'at.month': '2026-10-01', all: 2 }])
  })

  it('by clocks that were set very often are answered or refused, however long the time', async () => {
    const ask = async (by: readonly string[], query = '', init?: RequestInit) =>
      bench.call(`/aggregate?measures=all&by=${by.join()}&time_zone=Europe/London${query}`, init)
    const at = lengths.map((each) => `at.${each}`)
    const all = [...at, ...lengths.map((each) => `left.${each}`)]
    await bench.send([row(1, '2026-06-01T12:30:00.000Z')])
    // Filters say nothing of how old records are.
    const ever = '&at[gte]=1850-01-01T00:00:00.000Z&at[lt]=2150-01-01T00:00:00.000Z'
    expect((await ask(all, ever)).status).toBe(200)
    await bench.send([row(2, '1850-06-01T12:30:00.000Z')])
    expect((await ask(at)).status).toBe(200)
    const refused = await ask(all)
    expect([refused.status, await refused.json()]).toMatchObject([
      400,
      { code: 'parameter_invalid', errors: [{ parameter: 'time_zone' }] },
    ])
    expect((await ask(all, '&at[gte]=2000-01-01T00:00:00.000Z')).status).toBe(200)
    // Nor is it told that what is hidden is old.
    const view = await viewOf({ columns: null, rows: [{ field: 'weight', op: 'lt', value: 2 }] })
    const authorization = `Bearer ${await bench.token('read', { view })}`
    expect((await ask(all, '', { headers: { authorization } })).status).toBe(200)
  })

  it('are nothing where there is nothing to divide', async () => {
    const measures = 'all,weight_each,units_each,first,spent_each,weight_by_shop'
    for (const init of [undefined, await byName()])
      expect((await bench.json<{ groups: object[] }>(`/aggregate?measures=${measures}&shop=x`, init)).groups).toEqual([]) // prettier-ignore
    const other = 'all,weight_each,units_each,first,weight_by_shop'
    expect((await bench.json<{ groups: object[] }>(`/aggregate?measures=${other}&shop=x`)).groups).toEqual([
      { all: 0, weight_each: null, units_each: null, first: null, weight_by_shop: null },
    ])
  })

  it('say the greatest first, as many as are asked for', async () => {
    await bench.send(
      ['2026-01-01', '2026-02-01', '2026-03-01'].map((day, n) => row(n + 1, `${day}T00:00:00.000Z`)),
    )
    expect(await bench.json('/aggregate?measures=weight_sum&by=at.month&sort=-weight_sum&limit=2')).toEqual({
      groups: [
        { 'at.month': '2026-03-01', weight_sum: 3 },
        { 'at.month': '2026-02-01', weight_sum: 2 },
      ],
      truncated: true,
      next_cursor: expect.any(String),
    })
  })

  it.each(['text/csv', 'application/x-ndjson'])(
    'are another answer as %s when more come behind',
    async (accept) => {
      const headers = { authorization: `Bearer ${await bench.token('read')}`, accept }
      const path = '/aggregate?measures=weight_sum&by=at.month&limit=2'
      const months = ['2026-01-01', '2026-02-01', '2026-03-01'].map((day, n) => row(n + 1, `${day}T00:00:00.000Z`)) // prettier-ignore
      await bench.send(months.slice(0, 2))
      const before = await bench.call(path, { headers })
      expect([before.headers.get('meshloop-truncated'), before.headers.get('link')]).toEqual(['false', null])
      await bench.send(months.slice(2))
      const known = { ...headers, 'if-none-match': before.headers.get('etag') ?? '' }
      const after = await bench.call(path, { headers: known })
      expect([after.status, after.headers.get('meshloop-truncated')]).toEqual([200, 'true'])
      expect(await after.text()).toBe(await before.text())
    },
  )

  it('go on after a page, each group once, and the header says where', async () => {
    await bench.send(
      ['2026-01-01', '2026-02-01', '2026-03-01'].map((day, n) => row(n + 1, `${day}T00:00:00.000Z`)),
    )
    const path = '/aggregate?measures=weight_sum&by=at.month&sort=-weight_sum&limit=2'
    const first = await bench.call(path)
    const { next_cursor: cursor } = await first.json<{ next_cursor: string }>()
    const [, link = ''] = /^<(.*)>; rel="next"$/.exec(first.headers.get('link') ?? '') ?? []
    expect(link).toContain(`&cursor=${cursor}`)
    const last = {
      groups: [{ 'at.month': '2026-01-01', weight_sum: 1 }],
      truncated: false,
      next_cursor: null,
    }
    expect(await bench.json(`${path}&cursor=${cursor}`)).toEqual(last)
    const lines = await bench.call(`${path}&cursor=${cursor}`, { headers: { authorization: `Bearer ${await bench.token('read')}`, accept: 'application/x-ndjson' } }) // prettier-ignore
    expect([await lines.text(), lines.headers.get('link')]).toEqual(['{"at.month":"2026-01-01","weight_sum":1}\n', null]) // prettier-ignore
    // Of another order, other filters, another zone, another consumer or another port it is none.
    const other = { headers: { authorization: `Bearer ${await bench.token('read', { sub: 'test.other', client_id: 'test.other' })}` } } // prettier-ignore
    for (const [elsewhere, init] of [
      [path.replace('-weight', 'weight')],
      [`${path}&shop=x`],
      [`${path}&time_zone=Europe/Berlin`],
      [path, other],
      ['/records?limit=2'],
    ] as const)
      expect(await (await bench.call(`${elsewhere}&cursor=${cursor}`, init)).json(), elsewhere).toMatchObject(
        {
          code: 'cursor_invalid',
        },
      )
  })

  it.each([
    ['by=at', 'by'],
    ['by=at.year', 'by'],
    ['by=units.day', 'by'],
    ['time_zone=Europe/Atlantis', 'time_zone'],
    ['time_zone=%2B02:00', 'time_zone'],
    ["time_zone=UTC'", 'time_zone'],
    ['time_zone=', 'time_zone'],
    ['measures=all&sort=weight_sum', 'sort'],
    ['by=shop&sort=ok', 'sort'],
    ['sort=units', 'sort'],
  ])('know no %s', async (query, parameter) => {
    const response = await bench.call(`/aggregate?${query}`)
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { code: 'parameter_invalid', errors: [{ parameter }] },
    ])
  })

  it.each(['by=at.day', 'time_zone=Europe/Berlin', 'measures=first', 'measures=spent_each', 'measures=most_spent', 'sort=first'])(
    'know no %s of what is hidden',
    async (query) => {
      const shown = Object.keys(visits.fields).filter((name) => !['at', 'left', 'currency'].includes(name))
      const view = await viewOf({ columns: shown, rows: [] })
      const init = { headers: { authorization: `Bearer ${await bench.token('read', { view })}` } }
      expect((await bench.call(`/aggregate?${query}`, init)).status).toBe(400)
      expect((await bench.call('/aggregate?measures=all,units_each', init)).status).toBe(200)
    },
  ) // prettier-ignore

  it('are by times of the contract alone', () => {
    expect(lengths.map((each) => groupingOf(`at.${each}`))).toEqual(
      lengths.map((bucket) => ({ field: 'at', bucket })),
    )
    expect(groupingOf('at.year')).toEqual({ field: 'at.year', bucket: undefined })
  })
})
