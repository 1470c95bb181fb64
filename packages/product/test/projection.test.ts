/** An older major through SQL is the newest one's records through plain code, and costs what the newest costs. */
import { viewOf, wholeView, type RowFilter } from '@meshloop/access/claims'
import {
  bool,
  filterable,
  findProjectionProblems,
  id,
  int,
  list,
  oneOf,
  operatorsOf,
  text,
  time,
  type Contract,
  type Field,
  type Operator,
  type ProjectedField,
} from '@meshloop/contract'
import * as fc from 'fast-check'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { accept } from '../src/ingest/accept.ts'
import { judgeFor } from '../src/ingest/judge.ts'
import { readAggregate } from '../src/query/aggregate.ts'
import type { Filter } from '../src/query/condition.ts'
import { readChanges } from '../src/query/changes.ts'
import { sortOrder } from '../src/query/keyset.ts'
import type { Reader } from '../src/query/page-query.ts'
import { readPage } from '../src/query/records.ts'
import { projectedRecords } from '../src/query/stored.ts'
import { tablesOf } from '../src/table/tables.ts'
import { projectRecord } from '../src/testing/older.ts'
import { makeTables } from './make-tables.ts'

type Json = Readonly<Record<string, unknown>>
type Value = string | number | boolean | null

const { A: db } = env as unknown as { A: D1Database } // bound in vitest.config.ts
const frame = {
  id: 'a.things',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
} as const
const MOODS = ['calm', "it's", 'über;--', 'two\nlines'] as const
const SIZES = ['l', 'm', 's'] as const
const now: Contract = {
  ...frame,
  version: '3.0.0',
  fields: {
    k: id('Key'),
    at: time('When'),
    mood: oneOf(MOODS, 'Mood'),
    size: oneOf(SIZES, 'Size', { nullable: true }),
    count: int('Count', { nullable: true }),
    big: bool('Big'),
    note: text('Note', { nullable: true }),
    tags: list(id('Tag'), 'Tags'),
  },
  key: ['k'],
  eventTime: 'at',
  indexes: ['mood', 'size', 'count', 'big', 'note'],
  measures: { all: { means: 'all', count: true } },
  dimensions: ['big'],
  rollups: [{ by: ['big'], measures: ['all'] }],
}

const send = (rows: readonly Json[]) =>
  accept(
    {
      db,
      contract: now,
      judge: judgeFor(now),
      sources: {},
      expected: ['s'],
      now: () => Date.UTC(2026, 6, 1),
      newIncarnation: () => 'one',
    },
    's',
    rows,
    [],
  )
const readerOf = (older: Contract, on: D1Database = db): Reader => ({
  db: on,
  contract: older,
  expected: ['s'],
  stored: projectedRecords(older, now),
})

beforeEach(() => makeTables(db, tablesOf(now)))

/** Each field dropped, kept, or under another name; enums with their values mapped; constants beside them. */
const projections = fc
  .record({
    fate: fc.record(
      Object.fromEntries(
        Object.keys(now.fields).map((name) => [name, fc.constantFrom('dropped', 'kept', 'renamed')]),
      ),
    ),
    moods: fc.array(fc.constantFrom('z', 'calm', 'a', 'mm'), { minLength: 4, maxLength: 4 }),
    sizes: fc.array(fc.constantFrom('3', '1', '2'), { minLength: 3, maxLength: 3 }),
    mapped: fc.boolean(),
    constants: fc.uniqueArray(fc.constantFrom<Value>('calm', "o'", 5, true, null), { maxLength: 3 }),
  })
  .map(({ fate, moods, sizes, mapped, constants }): Contract => {
    const fields: Record<string, Field> = {}
    const projected: Record<string, ProjectedField> = {}
    for (const [name, field] of Object.entries(now.fields)) {
      const isNeeded = name === 'k' || name === 'at'
      if (fate[name] === 'dropped' && !isNeeded) continue
      const other = fate[name] === 'renamed' ? `old_${name}` : name
      const target = name === 'mood' ? moods : sizes
      if (field.kind === 'enum' && mapped && other !== name) {
        const pairs = (field.values ?? []).map((value, i) => [value, target[i] ?? value] as const)
        fields[other] = { ...field, values: [...new Set(pairs.map(([, value]) => value)), 'never'] }
        projected[other] = { from: name, values: Object.fromEntries(pairs) }
      } else {
        fields[other] = field
        if (other !== name) projected[other] = { from: name }
      }
    }
    for (const [i, constant] of constants.entries()) {
      const kind = { string: text, number: int, boolean: bool }[
        typeof constant as 'string' | 'number' | 'boolean'
      ]
      fields[`fixed_${i}`] = (kind ?? text)('Fixed', { nullable: true })
      projected[`fixed_${i}`] = { constant }
    }
    const nameOf = (name: string) => (fate[name] === 'renamed' ? `old_${name}` : name)
    const scalar = Object.keys(fields).filter((name) => fields[name]?.kind !== 'list')
    return {
      ...frame,
      version: '1.0.0',
      fields,
      key: [nameOf('k')],
      eventTime: nameOf('at'),
      indexes: scalar,
      dimensions: scalar,
      measures: {
        all: { means: 'all', count: true },
        keys: { means: 'keys', distinct: nameOf('k') },
      },
      rollups: [{ by: [nameOf('big')], measures: ['all'] }],
      projects: { major: 3, fields: projected },
    }
  })

const rows = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 3 }).map((n) => new Date(Date.UTC(2026, 0, 1, n)).toISOString()),
      mood: fc.constantFrom(...MOODS),
      size: fc.constantFrom(null, ...SIZES),
      count: fc.constantFrom(null, -1, 0, 1),
      big: fc.boolean(),
      note: fc.constantFrom(null, '', 'x', "'", 'xy', '\u{10ffff}\u{10ffff}', '\ud7ff', 'é', 'e\u0301'),
      tags: fc.constant(['a']),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((list) => list.map((row, n): Json => ({ k: `k${n}`, ...row })))

/** As SQLite orders: no value before all others, false before true. */
const compare = (a: Value, b: Value): number => {
  if (a === b) return 0
  if (a === null || b === null) return a === null ? -1 : 1
  return a < b ? -1 : 1
}
const byBytes = (value: Value): Value =>
  typeof value === 'string'
    ? [...new TextEncoder().encode(value)].map((byte) => String.fromCharCode(byte)).join('')
    : value

type Scalars = Exclude<Value, null>

const MIGHT_BE: readonly Operator[] = ['eq', 'not', 'in', 'gt', 'gte', 'lt', 'lte', 'prefix', 'null']

/** The filter, where the field has the operator; else by the value alone. */
function filterOf(
  { field, op, value, values }: { field: string; op: Operator; value: Scalars; values: Scalars[] },
  { fields }: Contract,
): Filter {
  const of = fields[field]
  if (!of || !operatorsOf(of).includes(op)) return { field, op: 'eq', value }
  if (op === 'null') return { field, op, value: value === values[0] && values.length > 1 }
  if (op === 'prefix') return { field, op, value: String(value).slice(0, 2) }
  return op === 'in' ? { field, op, value: values } : { field, op, value }
}

function holds({ op, value }: Filter, found: Value): boolean {
  if (op === 'in') return (value as readonly Value[]).includes(found)
  if (op === 'null') return (found === null) === value
  if (op === 'not') return found !== value
  if (found === null) return false
  if (op === 'prefix') return String(found).startsWith(value)
  const way = compare(byBytes(found), byBytes(value))
  return { eq: way === 0, gt: way > 0, gte: way >= 0, lt: way < 0, lte: way <= 0 }[op]
}

describe('an older major', () => {
  it('is filtered, sorted, paged, added up and followed as plain code does it', async () => {
    const cases = projections.chain((older) =>
      fc.record({
        older: fc.constant(older),
        rows,
        sort: fc
          .uniqueArray(fc.constantFrom(...filterable(older)), { maxLength: 3 })
          .chain((names) =>
            fc.tuple(...names.map((name) => fc.constantFrom(name, `-${name}`))).map((all): string[] => all),
          ),
        filtered: fc.option(fc.record({ by: fc.constantFrom(...filterable(older)), of: fc.nat(11) }), {
          nil: undefined,
        }),
        op: fc.constantFrom(...MIGHT_BE),
        inView: fc.boolean(),
        limit: fc.integer({ min: 1, max: 4 }),
        by: fc.constantFrom(...filterable(older)),
      }),
    )
    await fc.assert(
      fc.asyncProperty(cases, async ({ older, rows: sent, sort, filtered, op, inView, limit, by }) => {
        expect(findProjectionProblems(older, now)).toEqual([])
        await db.prepare('DELETE FROM records').run()
        await db.prepare('DELETE FROM _rollup_big').run()
        await send(sent)
        const reader = readerOf(older)
        const all = sent.map((row) => projectRecord(older, row))
        const values = filtered
          ? [all[filtered.of % all.length]?.[filtered.by], all[0]?.[filtered.by]].filter(isSet)
          : []
        const [value] = values
        const filters: Filter[] =
          filtered && value !== undefined ? [filterOf({ field: filtered.by, op, value, values }, older)] : []
        const wanted = (row: Json) => filters.every((filter) => holds(filter, row[filter.field] as Value))
        const order = sortOrder(older, sort, wholeView)
        const expected = all.filter(wanted).toSorted((a, b) => {
          for (const { field, descending } of order) {
            const way = compare(byBytes(a[field] as Value), byBytes(b[field] as Value))
            if (way !== 0) return descending ? -way : way
          }
          return 0
        })
        const rowsOf = inView ? filters.filter(isRowFilter) : []
        const view = rowsOf.length > 0 ? await viewOf({ columns: null, rows: rowsOf }) : wholeView
        const asked = rowsOf.length > 0 ? [] : filters

        const found: unknown[] = []
        let next: (string | number | null)[] | undefined
        for (let more = true; more;) {
          const query = { filters: asked, order, limit, after: next, count: true }
          const page = await readPage(reader, view, query)
          found.push(...page.records.map((record) => JSON.parse(record) as Json))
          expect(page.total).toBe(expected.length)
          for (const value of page.next ?? []) expect(stray(value, all)).toBe(false)
          next = page.next && [...page.next]
          more = next !== undefined
        }
        expect(found).toEqual(expected)

        const measures = ['all', 'keys']
        const { groups } = await readAggregate(reader, view, {
          measures,
          by: [by],
          filters: asked,
          limit: 99,
        })
        const counted = new Map<unknown, number>()
        for (const row of expected) counted.set(row[by], (counted.get(row[by]) ?? 0) + 1)
        expect(new Map(groups.map((group) => [JSON.parse(group)[by], JSON.parse(group).all]))).toEqual(
          counted,
        )
        const total = await readAggregate(reader, wholeView, {
          measures: ['all'],
          by: older.rollups?.[0]?.by.filter((field) => field in older.fields) ?? [],
          filters: [],
          limit: 99,
        })
        expect(total.groups.reduce((sum, group) => sum + JSON.parse(group).all, 0)).toBe(all.length)

        const feed = await readChanges(reader, wholeView, { after: undefined, limit: 99, fields: undefined })
        expect(feed.changes.map((change) => JSON.parse(change))).toEqual(
          all.map((record) => ({ op: 'upsert', record })),
        )
      }),
    )
  })
})

it('a deletion is told by the older major’s key, and nothing of the record is left', async () => {
  const at = '2026-01-01T00:00:00.000Z'
  const older: Contract = {
    ...frame,
    version: '1.0.0',
    fields: { name: id('Key'), at: time('When'), way: text('Way') },
    key: ['name'],
    eventTime: 'at',
    indexes: ['way'],
    projects: { major: 3, fields: { name: { from: 'k' }, way: { constant: 'w' } } },
  }
  await send([{ k: 'k1', at, mood: 'calm', size: null, count: null, big: true, note: null, tags: [] }])
  await db.prepare('UPDATE records SET _deleted = 1, at = NULL, mood = NULL, big = NULL').run()
  const feed = await readChanges(readerOf(older), wholeView, {
    after: undefined,
    limit: 9,
    fields: undefined,
  })
  expect(feed.changes.map((change) => JSON.parse(change))).toEqual([{ op: 'delete', key: { name: 'k1' } }])
  const query = { filters: [], order: sortOrder(older, ['way'], wholeView), limit: 9, count: true }
  expect(await readPage(readerOf(older), wholeView, query)).toMatchObject({ records: [], total: 0 })
})

/** A grant's rows are by fewer operators than a reader's filters. */
const isRowFilter = (filter: Filter): filter is RowFilter => !['not', 'null', 'prefix'].includes(filter.op)

const isSet = (value: unknown): value is string | number | boolean => value !== null && value !== undefined

/** A text that no record of the older major has: it would be one of the newest. */
const stray = (value: Value, all: readonly Json[]): boolean =>
  typeof value === 'string' && !all.some((row) => Object.values(row).includes(value))

describe('what it costs', () => {
  /** Keeps order: `s` → `10`, `m` → `05`, `l` → `01` sort as l, m, s do. `mood` does not. */
  const older: Contract = {
    ...frame,
    version: '2.0.0',
    fields: {
      key: id('Key'),
      happened_at: time('When'),
      how: oneOf(['zen', 'other'], 'Mood'),
      width: oneOf(['10', '05', '01'], 'Size', { nullable: true }),
      amount: int('Count', { nullable: true }),
      way: text('Way'),
    },
    key: ['key'],
    eventTime: 'happened_at',
    indexes: ['how', 'width', 'amount', 'way'],
    projects: {
      major: 3,
      fields: {
        key: { from: 'k' },
        happened_at: { from: 'at' },
        how: { from: 'mood', values: { calm: 'zen', "it's": 'other', 'über;--': 'other', 'two\nlines': 'other' } },
        width: { from: 'size', values: { s: '10', m: '05', l: '01' } },
        amount: { from: 'count' },
        way: { constant: 'w' },
      },
    },
  } // prettier-ignore
  const COUNT = 400
  const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString()
  const fill = () =>
    send(
      Array.from({ length: COUNT }, (_, n) => ({
        k: `k${String(n).padStart(4, '0')}`,
        at: minute(n),
        mood: n % 40 === 0 ? 'calm' : MOODS[1 + (n % 3)],
        size: n % 50 === 0 ? 's' : 'm',
        count: n,
        big: true,
        note: null,
        tags: [],
      })),
    )

  /** Reads a page; tells its plan, what it read, and its records. */
  async function look(
    contract: Contract,
    { sort = [], filters = [], at }: { sort?: string[]; filters?: RowFilter[]; at?: (string | number)[] },
  ) {
    const seen: { text: string; params: unknown[]; read: number }[] = []
    const watched = {
      prepare: (sqlText: string) => ({
        bind: (...params: unknown[]) => ({
          all: async () => {
            const result = await db
              .prepare(sqlText)
              .bind(...params)
              .all()
            seen.push({ text: sqlText, params, read: result.meta.rows_read })
            return result
          },
        }),
      }),
    } as unknown as D1Database // the two methods that a reader calls
    const page = await readPage(readerOf(contract, watched), wholeView, {
      filters,
      order: sortOrder(contract, sort, wholeView),
      limit: 5,
      after: at,
      count: false,
    })
    const [{ text: sqlText, params, read } = { text: '', params: [], read: 0 }] = seen
    const plan = await db
      .prepare(`EXPLAIN QUERY PLAN ${sqlText}`)
      .bind(...params)
      .all<{ detail: string }>()
    return { read, found: page.records.length, plan: plan.results.map(({ detail }) => detail).join('\n') }
  }
  type Asked = Parameters<typeof look>[1]
  const eq = (field: string, value: string | number): RowFilter => ({ field, op: 'eq', value })

  it.each<[string, string, Asked, Asked]>([
    ['a renamed key', 'PRIMARY KEY', { filters: [eq('key', 'k0003')] }, { filters: [eq('k', 'k0003')] }],
    ['a renamed time, sorted', 'records_at', { sort: ['-happened_at'] }, { sort: ['-at'] }],
    ['a page further on', 'records_at', { sort: ['happened_at'], at: [minute(350), 'k0350'] }, { sort: ['at'], at: [minute(350), 'k0350'] }],
    ['a renamed number, filtered and sorted', 'records_count', { sort: ['amount'], filters: [{ field: 'amount', op: 'gte', value: 300 }] }, { sort: ['count'], filters: [{ field: 'count', op: 'gte', value: 300 }] }],
    ['a mapped value', 'records_mood', { filters: [eq('how', 'zen')] }, { filters: [eq('mood', 'calm')] }],
    ['a mapped value in order', 'records_size', { filters: [eq('width', '10')] }, { filters: [eq('size', 's')] }],
    ['mapped values, sorted', 'records_size', { sort: ['width'] }, { sort: ['size'] }],
    ['mapped values, a page further on', 'records_size', { sort: ['width'], at: ['05', 'k0004'] }, { sort: ['size'], at: ['m', 'k0004'] }],
    ['a constant, sorted first', 'PRIMARY KEY', { sort: ['way'], at: ['w', 'k0390'] }, { at: ['k0390'] }],
  ])('%s is found by %s and reads what the newest major reads', async (_, index, asked, same) => {
    await fill()
    const [before, after] = [await look(older, asked), await look({ ...now, projects: { major: 3, fields: {} } }, same)]
    expect(before.found).toBeGreaterThan(0)
    expect(before.plan).toContain(index)
    expect(before.plan).not.toMatch(/MATERIALIZE records|CO-ROUTINE records\b/)
    expect(before).toMatchObject({ read: after.read, found: after.found })
    expect(before.read).toBeLessThan(40)
  }) // prettier-ignore

  it('as many mapped fields as there may be are filtered and sorted by within the limits', async () => {
    const names = Array.from({ length: 93 }, (_, n) => `n${n}`)
    const stored: Contract = {
      ...now,
      fields: {
        k: id('Key'),
        at: time('When'),
        ...Object.fromEntries(names.map((field) => [field, oneOf(['a', 'b'], field)])),
      },
      indexes: names.slice(0, 40),
      measures: {},
      dimensions: [],
      rollups: [],
    }
    const wide: Contract = {
      ...stored,
      version: '1.0.0',
      fields: {
        k: id('Key'),
        at: time('When'),
        ...Object.fromEntries(names.map((field) => [`o_${field}`, oneOf(['c', 'd'], field)])),
      },
      indexes: names.slice(0, 40).map((field) => `o_${field}`),
      projects: {
        major: 3,
        fields: Object.fromEntries(
          names.map((field) => [`o_${field}`, { from: field, values: { a: 'c', b: 'd' } }]),
        ),
      },
    }
    expect(findProjectionProblems(wide, stored)).toEqual([])
    await makeTables(db, tablesOf(stored))
    const reader: Reader = { db, contract: wide, expected: ['s'], stored: projectedRecords(wide, stored) }
    const order = sortOrder(
      wide,
      names.slice(20, 28).map((field) => `-o_${field}`),
      wholeView,
    )
    const filters = names
      .slice(0, 20)
      .map((field): RowFilter => ({ field: `o_${field}`, op: 'in', value: ['c'] }))
    const query = { filters, order, limit: 1, count: true, after: order.map(() => 'c') }
    const view = await viewOf({
      columns: null,
      rows: names.slice(30, 40).map((field) => ({ field: `o_${field}`, op: 'in', value: ['c', 'd'] })),
    })
    expect(await readPage(reader, view, query)).toMatchObject({ records: [], total: 0 })
  })

  it('a value that most have is not looked for by its index, which would read them all to sort them', async () => {
    await fill()
    const page = await look(older, { filters: [eq('how', 'other')] })
    expect(page).toMatchObject({ found: 5, plan: expect.not.stringContaining('records_mood') })
    expect(page.read).toBeLessThan(40)
  })
})
