/** Plans: whatever index is chosen, the answer is the same; what is read is what was foreseen; too much is refused. */
import { viewOf, wholeView, type RowFilter, type View } from '@meshloop/access/claims'
import {
  bool,
  defineProduct,
  filterable,
  id,
  int,
  oneOf,
  operatorsOf,
  text,
  time,
  type Contract,
} from '@meshloop/contract'
import * as fc from 'fast-check'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { plansOf } from '../src/plan/budget.ts'
import { optimize, readStatistics, statisticsOf, type Statistics } from '../src/plan/statistics.ts'
import type { Filter } from '../src/query/condition.ts'
import { readAggregate } from '../src/query/aggregate.ts'
import { filterParameters, filtersOf } from '../src/query/filter-parameters.ts'
import { sortOrder } from '../src/query/keyset.ts'
import { readParameters } from '../src/query/parameters.ts'
import type { PageQuery, Reader } from '../src/query/page-query.ts'
import { readPage } from '../src/query/records.ts'
import { ownRecords } from '../src/query/stored.ts'
import { readStream } from '../src/query/stream.ts'
import { meterOf } from '../src/store/meter.ts'
import { tablesOf } from '../src/table/tables.ts'
import { makeTables } from './make-tables.ts'

const { A: db } = env as unknown as { A: D1Database } // bound in vitest.config.ts
const STATES = ['new', 'open', 'done', 'lost', 'void'] as const
const contract = defineProduct({
  id: 'a.plans',
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
  fields: {
    k: id('Key'),
    at: time('When'),
    state: oneOf(STATES, 'State'),
    who: id('Who'),
    units: int('Units', { nullable: true }),
    note: text('Note', { nullable: true }),
    ok: bool('Fine', { nullable: true }),
  },
  key: ['k'],
  eventTime: 'at',
  indexes: ['state', 'who', 'units', 'note', 'ok', ['state', 'at'], ['who', 'units']],
  measures: { all: { means: 'All', count: true } },
  dimensions: ['state'],
  limits: { scan: 2_000 },
})
const stored = ownRecords(contract)
const names = filterable(contract)

/** Puts records where they stand, without ingest: many thousand in a moment. `row` is SQL of the values, by the number `i`. */
const fill = (rows: number, row: string): Promise<unknown> =>
  db.batch([
    db.prepare(`DELETE FROM records`),
    db.prepare(`INSERT INTO records (k, at, state, who, units, note, ok, _seq, _version, _hash, _deleted, _source)
      WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < ${rows - 1})
      SELECT ${row}, i + 1, '2026', '', 0, 's' FROM c`),
    db.prepare(`INSERT INTO _state (one, incarnation, seq, run) VALUES (1, 'one', ${rows}, 0) ON CONFLICT DO UPDATE SET seq = excluded.seq`),
  ]) // prettier-ignore

type Value = string | number | boolean | null
type Row = Readonly<Record<string, Value>>

const knownTo = async (each: Reader) => ({ ...each, known: await each.statistics?.() })

describe('whatever is known of a table', () => {
  beforeAll(() => makeTables(db, tablesOf(contract)))

  const values: Record<string, fc.Arbitrary<Value>> = {
    k: fc.constant(null),
    at: fc.integer({ min: 0, max: 3 }).map((n) => new Date(Date.UTC(2026, 0, 1, n)).toISOString()),
    state: fc.constantFrom(...STATES),
    who: fc.constantFrom('w1', 'w2', 'W1', '~~'),
    units: fc.constantFrom(null, -1, 0, 7),
    note: fc.constantFrom(null, '', 'x', 'xy', "x'", 'é', 'e\u0301', '\ud7ff', '\ue000', '\u{10ffff}', '\u{10ffff}a', 'x\u{10ffff}'),
    ok: fc.constantFrom(null, true, false),
  } // prettier-ignore
  const rows = fc
    .array(fc.record(values), { maxLength: 14 })
    .map((all) => all.map((row, n): Row => ({ ...row, k: `k${(n * 7) % 15}` })))
  const filter: fc.Arbitrary<Filter> = fc
    .record({ field: fc.constantFrom(...names), pick: fc.nat(8), two: fc.boolean() })
    .chain(({ field, pick, two }): fc.Arbitrary<Filter> => {
      const operators = operatorsOf(contract.fields[field as keyof typeof contract.fields])
      const op = operators[pick % operators.length] ?? 'eq'
      const one = (field === 'k' ? fc.constantFrom('k1', 'k7', 'k9') : (values[field] ?? fc.constant(0))).filter((value) => value !== null) // prettier-ignore
      if (op === 'null') return fc.boolean().map((value) => ({ field, op, value }))
      if (op === 'in') return fc.array(one, { minLength: 1, maxLength: two ? 2 : 1 }).map((value) => ({ field, op, value })) // prettier-ignore
      if (op === 'prefix') return one.map((value) => ({ field, op, value: String(value) }))
      return one.map((value) => ({ field, op, value }))
    })
  const order = fc
    .uniqueArray(fc.constantFrom(...names), { maxLength: 3 })
    .chain((all) => fc.tuple(...all.map((name) => fc.constantFrom(name, `-${name}`))))
  const statistics: fc.Arbitrary<Statistics | undefined> = fc.option(
    fc.record({
      records: fc.integer({ min: 0, max: 2_000 }),
      alike: fc
        .array(fc.integer({ min: 1, max: 3_000 }), { minLength: 24, maxLength: 24 })
        .map(
          (all) => new Map(stored.table.paths.map(({ index }, i) => [index, all.slice(i * 2, i * 2 + 2)])),
        ),
      indexes: fc.subarray(stored.table.paths.map(({ index }) => index)).map((some) => new Set(some)),
      spans: fc.constant(new Map()),
    }),
    { nil: undefined },
  )

  it('its pages, counts and totals are those of plain code', async () => {
    const cases = fc.record({
      rows,
      statistics,
      filters: fc.array(filter, { maxLength: 3 }),
      inView: fc.nat(3),
      sort: order,
      limit: fc.integer({ min: 1, max: 4 }),
    })
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows: all, statistics: known, filters, inView, sort, limit }) => {
        await put(all)
        const reader: Reader = { db, contract, expected: [], stored, statistics: async () => known }
        const hiding = filters.slice(0, inView).filter(isRowFilter)
        const view = await viewOf({ columns: null, rows: hiding })
        const asked = filters.filter((each) => !hiding.some((other) => other === each))
        const sorted = sortOrder(contract, sort, view)
        const expected = all
          .filter((row) => filters.every((each) => holds(each, row[each.field] ?? null)))
          .toSorted((a, b) => {
            for (const { field, descending } of sorted) {
              const way = compare(a[field] ?? null, b[field] ?? null)
              if (way !== 0) return descending ? -way : way
            }
            return 0
          })
        const found: unknown[] = []
        let after: PageQuery['after']
        do {
          const query: PageQuery = { filters: asked, order: sorted, limit, after, count: true }
          const page = await readPage(reader, view, query)
          expect(page.total).toBe(expected.length)
          found.push(...page.records.map((record) => (JSON.parse(record) as Row)['k']))
          after = page.next
        } while (after)
        expect(found).toEqual(expected.map(({ k }) => k))
        const { groups } = await readAggregate(reader, view, { measures: ['all'], by: [], filters: asked, limit: 1 }) // prettier-ignore
        expect(groups.map((group) => (JSON.parse(group) as Row)['all'])).toEqual([expected.length])
      }),
    )
  })

  const put = (all: readonly Row[]) =>
    db.batch([
      db.prepare('DELETE FROM records'),
      db.prepare(`INSERT INTO records (k, at, state, who, units, note, ok, _seq, _version, _hash, _deleted, _source)
        SELECT value ->> 'k', value ->> 'at', value ->> 'state', value ->> 'who', value ->> 'units', value ->> 'note', value ->> 'ok', key + 1, '2026', '', 0, 's'
        FROM json_each(?)`).bind(JSON.stringify(all)),
    ]) // prettier-ignore
})

const isRowFilter = (filter: Filter): filter is RowFilter => !['not', 'null', 'prefix'].includes(filter.op)

/** As SQLite has it: no value before all others, texts by their bytes. */
function compare(a: Value, b: Value): number {
  if (a === b) return 0
  if (a === null || b === null) return a === null ? -1 : 1
  if (typeof a !== 'string' || typeof b !== 'string') return a < b ? -1 : 1
  const [one, other] = [a, b].map((all) => Array.from(all, (c) => (c.codePointAt(0) ?? 0).toString(16).padStart(6, '0')).join()) // prettier-ignore
  return (one ?? '') < (other ?? '') ? -1 : 1
}

function holds({ op, value }: Filter, found: Value): boolean {
  if (op === 'in') return (value as readonly Value[]).includes(found)
  if (op === 'null') return (found === null) === value
  if (op === 'not') return found !== value
  if (found === null) return false
  if (op === 'prefix') return String(found).startsWith(value)
  const way = compare(found, value)
  return { eq: way === 0, gt: way > 0, gte: way >= 0, lt: way < 0, lte: way <= 0 }[op]
}

describe('of 20,000 records', () => {
  const COUNT = 20_000
  const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString()
  const many = { ...contract, limits: { scan: 50_000 } }
  let known: Statistics
  let reader: Reader
  beforeAll(async () => {
    await makeTables(db, tablesOf(contract))
    // Keys follow time, as numbers of orders do; everything else is spread evenly.
    await fill(COUNT, `printf('k%05d', i), strftime('%Y-%m-%dT%H:%M:%fZ', '2026-01-01', '+' || i || ' minutes'),
      json_extract('${JSON.stringify(STATES)}', '$[' || (i * 7919 % 5) || ']'), 'w' || (i * 7919 % 2000), i * 7919 % 20000, 'n' || (i % 10), i % 2`) // prettier-ignore
    await optimize(db)
    known = await readStatistics(db, contract)
    reader = { db, contract: many, expected: [], stored, statistics: async () => known }
  })

  const eq = (field: string, value: string | number): Filter => ({ field, op: 'eq', value })
  const pageOf = (filters: readonly Filter[], sort: readonly string[] = [], limit = 50): PageQuery => ({
    filters,
    order: sortOrder(contract, sort, wholeView),
    limit,
    count: false,
  })

  it('are counted, and what is measured has its ends', () => {
    expect(known.records).toBe(COUNT)
    expect(known.spans.get('at')).toEqual({ least: Date.parse(minute(0)), greatest: Date.parse(minute(COUNT - 1)) }) // prettier-ignore
    expect(known.spans.get('units')).toEqual({ least: 0, greatest: COUNT - 1 })
  })

  it.each<[string, Filter[], string[]]>([
    ['nothing asked', [], []],
    ['the newest', [], ['-at', '-k']],
    ['one value', [eq('state', 'open')], []],
    ['one value, the newest', [eq('state', 'open')], ['-at', '-k']],
    ['one value since', [eq('state', 'open'), { field: 'at', op: 'gte', value: minute(50) }], ['at']],
    ['one value of few', [eq('who', 'w7')], ['units']],
    ['sorted by what is asked', [{ field: 'units', op: 'gt', value: 70 }], ['units']],
    ['texts that begin alike', [{ field: 'k', op: 'prefix', value: 'k07' }], []],
    ['sorted by values that many have', [], ['state']],
    ['a list of one', [{ field: 'state', op: 'in', value: ['open'] }], ['at']],
  ])('an indexed page reads no more than it returns: %s', async (_, filters, sort) => {
    const [plan] = plansOf(await knownTo(reader), wholeView, [pageOf(filters, sort)])
    expect(plan?.isSorted).toBe(false)
    let after: PageQuery['after']
    for (let page = 0; page < 4; page++) {
      const { cost, ...metered } = meterOf(db)
      const { next, records } = await readPage({ ...reader, ...metered }, wholeView, { ...pageOf(filters, sort), after }) // prettier-ignore
      expect(cost().rowsRead - records.length, `page ${page}`).toBeLessThanOrEqual(EXTRA)
      if (!next) return
      after = next
    }
  })

  it('a short span of time is not looked for along the key', async () => {
    const { cost, ...metered } = meterOf(db)
    const last = pageOf([{ field: 'at', op: 'gt', value: minute(COUNT - 100) }])
    expect((await readPage({ ...reader, ...metered }, wholeView, last)).records).toHaveLength(50)
    expect(cost().rowsRead).toBeLessThan(99 * 2 + EXTRA + 60)
  })

  it.each<[string, Filter[]]>([
    ['a choice', [eq('state', 'open')]],
    ['two choices', [{ field: 'state', op: 'in', value: ['open', 'done'] }]],
    ['somebody', [eq('who', 'w7')]],
    ['a span of numbers', [{ field: 'units', op: 'gte', value: 100 }, { field: 'units', op: 'lt', value: 1_100 }]],
    ['a span of time', [{ field: 'at', op: 'lt', value: minute(3_000) }]],
    ['a choice in a span of time', [eq('state', 'open'), { field: 'at', op: 'lt', value: minute(3_000) }]],
    ['all', []],
  ])('totals read what was foreseen, within a factor of two: %s', async (_, filters) => {
    const [plan] = plansOf(await knownTo(reader), wholeView, [{ filters }])
    const { cost, ...metered } = meterOf(db)
    await readAggregate({ ...reader, ...metered }, wholeView, { measures: ['all'], by: [], filters, limit: 1 })
    const read = cost().rowsRead
    expect(read).toBeLessThan((plan?.reads ?? 0) * 2 + 10)
    expect(read).toBeGreaterThan((plan?.reads ?? 0) / 2 - 10)
  }) // prettier-ignore

  describe('are too many', () => {
    const refuse = async (query: PageQuery, view: View = wholeView) => {
      const small: Reader = { ...reader, contract, statistics: async () => known }
      return readPage(small, view, query).then(
        () => undefined,
        (error: unknown) => error,
      )
    }

    it.each<[string, PageQuery, RegExp, boolean]>([
      ['a count of a value in a span', { ...pageOf([eq('note', 'n1'), { field: 'units', op: 'gte', value: 100 }]), count: true }, /indexes: \[\["note","units"\]\]/, true],
      ['a count of a value', { ...pageOf([eq('state', 'open')]), count: true }, /leave out Prefer: count=exact/, false],
      ['a count of all', { ...pageOf([]), count: true }, /by at\[gte\] and at\[lt\]/, false],
    ])('for %s', async (_, query, told, namesIndex) => {
      const error = await refuse(query)
      expect(error).toMatchObject({ code: 'query_too_costly' })
      const errors = (error as { errors: readonly { detail: string }[] }).errors.map(({ detail }) => detail)
      expect(errors.some((detail) => told.test(detail))).toBe(true)
      expect(errors.some((detail) => detail.includes('indexes: '))).toBe(namesIndex)
      expect(String(error)).toMatch(/about \d+ rows; a\.plans allows 2000/)
      expect((await readPage(reader, wholeView, query)).records).toHaveLength(50)
    }) // prettier-ignore

    it('not for a page that an index serves, however large the table', async () => {
      expect(await refuse(pageOf([eq('state', 'open')], ['-at']))).toBeUndefined()
      expect(await refuse(pageOf([], ['-at']))).toBeUndefined()
    })

    it('is judged of a stream before it begins, and not in its midst', async () => {
      const small: Reader = { ...reader, contract, statistics: async () => known }
      const { filters, order } = pageOf([{ field: 'state', op: 'in', value: ['open', 'done'] }], ['units'])
      let found = 0
      for await (const { records } of readStream(small, wholeView, { filters, order }))
        found += records.length
      expect(found).toBe((COUNT / STATES.length) * 2)
      const { order: unsorted } = pageOf([], ['note', '-units'])
      const sorted = readStream(small, wholeView, { filters: [], order: unsorted })
      await expect(sorted.next()).rejects.toMatchObject({ code: 'query_too_costly' })
    })

    it('a narrowed view is told no number, and no index of what it hides', async () => {
      const rows: RowFilter[] = [{ field: 'note', op: 'eq', value: 'n1' }]
      for (const [columns, named] of [[null, true], [['k', 'at', 'units'], false]] as const) {
        const view = await viewOf({ columns, rows })
        const error = await refuse(pageOf([], ['-units']), view)
        expect(error).toMatchObject({ code: 'query_too_costly' })
        const told = JSON.stringify([String(error), (error as { errors: unknown }).errors])
        expect(told.replaceAll('2000', '')).not.toMatch(/\d{2}/)
        expect(told.includes('note')).toBe(named)
      }
    }) // prettier-ignore

    it('totals are refused alike, and a small table never', async () => {
      const asked = { measures: ['all'], by: [], filters: [], limit: 1 }
      const small: Reader = { ...reader, contract }
      await expect(readAggregate(small, wholeView, asked)).rejects.toMatchObject({ code: 'query_too_costly' })
      const alone = readAggregate(small, wholeView, { ...asked, totalsOnly: true })
      await expect(alone).rejects.toThrow(/^This query would read more rows than a\.plans allows: 2000\.$/)
      const few: Reader = { ...small, statistics: async () => ({ ...known, records: 2_000 }) }
      expect((await readAggregate(few, wholeView, asked)).groups).toEqual([`{"all":${COUNT}}`])
    })
  })

  it('an index that the database has not is not asked for', async () => {
    await db.prepare('DROP INDEX records_state__at').run()
    let now = 0
    const behind: Reader = { ...reader, statistics: statisticsOf(db, contract, () => now) }
    const query = pageOf([eq('state', 'open')], ['-at'])
    expect((await readPage(behind, wholeView, query)).records).toHaveLength(50)
    await db.prepare('CREATE INDEX records_state__at ON records (state, at)').run()
    expect(plansOf(await knownTo(behind), wholeView, [query])[0]?.index).not.toBe('records_state__at') // prettier-ignore
    now = 60_000
    expect(plansOf(await knownTo(behind), wholeView, [query])[0]?.index).toBe('records_state__at') // prettier-ignore
  })
})

it('a view’s conditions, as many filters as may be, a count and a position in the longest order fit into one statement', async () => {
  const texts = Array.from({ length: 40 }, (_, n) => `t${n}`)
  const wide: Contract = {
    ...contract,
    fields: { k: id('K'), at: time('T'), ...Object.fromEntries(texts.map((each) => [each, text('T', { nullable: true })])) },
    key: ['k'],
    eventTime: 'at',
    indexes: texts,
    dimensions: [],
    limits: {},
  }
  await makeTables(db, tablesOf(wide))
  const view = await viewOf({ columns: null, rows: texts.slice(0, 10).map((field) => ({ field, op: 'in', value: ['a', 'b'] })) })
  const order = sortOrder(wide, texts.slice(20, 28).map((each, i) => (i % 2 === 0 ? each : `-${each}`)), view)
  const asked = (count: number): [string, string][] => texts.slice(10, 10 + count).map((each) => [`${each}[prefix]`, 'x'])
  const read = (count: number) => filtersOf(readParameters(new URLSearchParams(asked(count)), filterParameters(wide, view)))
  const query = { filters: read(10), order, limit: 1_000, count: true, after: order.map(() => 'x') }
  expect(await readPage({ db, contract: wide, expected: ['s'] }, view, query)).toMatchObject({ records: [], total: 0 })
  expect(() => read(11)).toThrowError(expect.objectContaining({ code: 'parameter_invalid' }))
}) // prettier-ignore

/** Rows that every answer reads beside its records: where the database stands, and the first record of the next page. */
const EXTRA = 4
