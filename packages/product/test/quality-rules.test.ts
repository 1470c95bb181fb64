/** Quality rules as SQL on D1 count what plain code counts, whatever the rules and records are. */
import {
  bool,
  date,
  defineProduct,
  id,
  int,
  isWithin,
  number,
  oneOf,
  text,
  time,
  type Condition,
  type Contract,
  type QualityRule,
  type Scalar,
} from '@meshloop/contract'
import * as fc from 'fast-check'
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { judgeRules, passesOf } from '../src/quality/judge-rules.ts'
import { ensureState } from '../src/store/state.ts'
import { statement } from '../src/store/sql.ts'
import { storing } from '../src/store/stored-row.ts'
import { writeRows } from '../src/store/write-rows.ts'
import { tablesOf } from '../src/table/tables.ts'
import { makeTables } from './make-tables.ts'

const { A: db } = env as unknown as { A: D1Database } // bound in vitest.config.ts
const things = defineProduct({
  id: 'a.things',
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  fields: {
    key: id('Key'),
    at: time('When'),
    later: time('When else', { nullable: true }),
    who: id('Who', { nullable: true }),
    words: text('Words', { nullable: true }),
    state: oneOf(['on', 'off', 'odd'], 'State', { nullable: true }),
    units: int('Units', { nullable: true }),
    other: int('Other units', { nullable: true }),
    ratio: number('Ratio', { nullable: true }),
    done: bool('Done', { nullable: true }),
    day: date('Day', { nullable: true }),
  },
  key: ['key'],
  eventTime: 'at',
  freshness: 'PT5M',
})
type Thing = Readonly<Record<string, Scalar | null>>

beforeAll(() => makeTables(db, tablesOf(things)))
beforeEach(() => fill([]))

async function fill(rows: readonly Thing[], deleted: readonly Thing[] = []): Promise<void> {
  const stored = [...rows.map(storing(things).record), ...deleted.map(storing(things).deletion)]
  const { statements } = writeRows(things, 's', stored)
  await db.batch([
    db.prepare('DELETE FROM records'),
    statement(db, ensureState('one')),
    ...statements.map((each) => statement(db, each)),
  ])
}

const judge = async (quality: Contract['quality']) => judgeRules(db, { ...things, quality: quality ?? {} })
const countsOf = async (quality: Contract['quality']) =>
  Object.fromEntries((await judge(quality)).results.map(({ rule, count }) => [rule, count]))

/** Few values of each kind, so that they meet. */
const values = {
  key: ['k'],
  at: ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z', '2026-01-02T00:00:00.001Z'],
  later: ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z', '2026-01-03T00:00:00.000Z'],
  who: ['a', 'b', '1', '10', '9'],
  words: ['', '1', '0', 'null', 'true', `'); DROP TABLE records; --`, 'ß "ü" 🦊', '$[0]', '?1'],
  state: ['on', 'off', 'odd'],
  units: [-1, 0, 1, 9, 10, 2 ** 53 - 1],
  other: [-1, 0, 1, 9, 10, 2 ** 53 - 1],
  ratio: [-1.5, 0, 0.1, 1, 9, 10],
  done: [true, false],
  day: ['2026-01-01', '2026-01-02', '2025-12-31'],
} as const satisfies Record<string, readonly Scalar[]>
type Name = keyof typeof values
const names = Object.keys(values) as Name[]
const ordered: readonly Name[] = ['at', 'later', 'who', 'units', 'other', 'ratio', 'day']
const comparable: readonly (readonly [Name, Name])[] = [
  ['at', 'later'],
  ['units', 'other'],
  ['who', 'words'],
  ['words', 'state'],
]

const valueOf = (name: Name) => fc.constantFrom<Scalar>(...values[name])
const thing = fc.record(
  Object.fromEntries(names.map((name) => [name, name === 'at' ? valueOf(name) : fc.option(valueOf(name))])),
)
const rowsOfThings = fc
  .array(thing, { maxLength: 30 })
  .map((rows) => rows.map((row, n): Thing => ({ ...row, key: `k${n}` })))
const equality = fc.constantFrom('eq' as const, 'ne' as const)
const order = fc.constantFrom(
  'eq' as const,
  'ne' as const,
  'gt' as const,
  'gte' as const,
  'lt' as const,
  'lte' as const,
)
const comparison = (name: Name) => (ordered.includes(name) ? order : equality)
const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ field: fc.constantFrom(...names), is: fc.constantFrom('null' as const, 'present' as const) }),
  fc
    .constantFrom(...names)
    .chain((field) => fc.record({ field: fc.constant(field), is: comparison(field), value: valueOf(field) })),
  fc
    .constantFrom(...comparable)
    .chain(([field, other]) =>
      fc.record({ field: fc.constant(field), is: comparison(field), other: fc.constant(other) }),
    ),
)
const conditions = fc.array(condition, { minLength: 1, maxLength: 4 })
const listed = <const M extends string, const L extends string>(member: M, list: L) =>
  fc
    .constantFrom(...names)
    .chain((name) =>
      fc.record({ [member]: fc.constant(name), [list]: fc.array(valueOf(name), { maxLength: 3 }) }),
    )
const counted = fc.oneof(
  fc.record({ nulls: fc.constantFrom(...names) }),
  listed('missing', 'standIns'),
  listed('invalid', 'valid'),
  fc.record({ duplicates: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }) }),
  fc.constant({ rows: true }),
  fc.record({ holds: conditions }),
  fc.record({ holds: conditions, when: conditions }),
)
const bound = fc.oneof(
  fc.record({ eq: fc.nat(10) }),
  fc.record({ lt: fc.nat(100) }),
  fc.record({ between: fc.tuple(fc.nat(50), fc.integer({ min: 51, max: 101 })) }),
)
const rule = fc
  .tuple(counted, bound, fc.constantFrom('rows', 'percent'))
  .map(([own, is, unit]) => ({ means: 'm', ...own, bound: is, unit }) as unknown as QualityRule) // of the parts above

describe('any rules over any records', () => {
  it('count as plain code does', async () => {
    const runs = fc.array(rule, { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(rowsOfThings, rowsOfThings, runs, async (rows, deleted, rules) => {
        await fill(
          rows,
          deleted.map((row) => ({ ...row, key: `gone ${String(row['key'])}` })),
        )
        const quality = Object.fromEntries(rules.map((each, n) => [`r${n}`, each]))
        const { records, results } = await judge(quality)
        expect(records).toBe(rows.length)
        expect(results.map(({ count, of, kept }) => ({ count, of, kept }))).toEqual(
          rules.map((each) => expected(each, rows)),
        )
      }),
    )
  }, 600_000)
})

/** What the docstrings of the rules say, in plain code. */
function expected(each: QualityRule, rows: readonly Thing[]) {
  const count =
    'duplicates' in each ? repeated(each.duplicates, rows) : rows.filter((row) => counts(each, row)).length
  const measured = each.unit === 'percent' ? (rows.length === 0 ? 0 : (count / rows.length) * 100) : count
  // Both ways of dividing may differ in the last bit, far from any whole bound unless it is met.
  const rounded = Math.abs(measured - Math.round(measured)) < 1e-9 ? Math.round(measured) : measured
  return { count, of: rows.length, kept: isWithin(rounded, each.bound ?? { eq: 0 }) }
}

function counts(each: QualityRule, row: Thing): boolean {
  const at = (name: string) => row[name] ?? null
  if ('nulls' in each) return at(each.nulls) === null
  if ('missing' in each) return [null, ...each.standIns].includes(at(each.missing))
  if ('invalid' in each) return ![null, ...each.valid].includes(at(each.invalid))
  if ('holds' in each)
    return (
      (each.when ?? []).every((one) => outcome(one, row) === true) &&
      each.holds.some((one) => outcome(one, row) === false)
    )
  return true
}

/** Undefined for a comparison with no value. */
function outcome(one: Condition, row: Thing): boolean | undefined {
  const value = row[one.field] ?? null
  if (one.is === 'null') return value === null
  if (one.is === 'present') return value !== null
  const other = 'other' in one ? (row[one.other] ?? null) : 'value' in one ? one.value : null
  if (value === null || other === null) return undefined
  switch (one.is) {
    case 'eq':
      return value === other
    case 'ne':
      return value !== other
    case 'gt':
      return value > other
    case 'gte':
      return value >= other
    case 'lt':
      return value < other
    case 'lte':
      return value <= other
  }
}

function repeated(fields: readonly string[], rows: readonly Thing[]): number {
  const full = rows.filter((row) => fields.every((field) => (row[field] ?? null) !== null))
  return full.length - new Set(full.map((row) => JSON.stringify(fields.map((field) => row[field])))).size
}

describe('a judgement', () => {
  const row = (n: number, more: Thing = {}): Thing => ({
    key: `k${n}`,
    at: '2026-01-01T00:00:00.000Z',
    ...Object.fromEntries(names.slice(2).map((name) => [name, null])),
    ...more,
  })

  it('says that nothing is 0 per cent of no records', async () => {
    const { results } = await judge({ all: { means: 'm', nulls: 'who', unit: 'percent', bound: { lte: 0 } } })
    expect(results).toMatchObject([{ count: 0, of: 0, unit: 'percent', kept: true, severity: 'error' }])
  })

  it('holds for the sequence number that it names', async () => {
    await fill([row(1), row(2)])
    expect(await judge({ any: { means: 'm', rows: true, bound: { gt: 1 } } })).toMatchObject({
      seq: expect.any(Number),
      records: 2,
      results: [{ rule: 'any', counts: 'rows', count: 2, kept: true }],
    })
  })

  it('compares a moment, a number and a truth value as what they are', async () => {
    await fill([
      row(1, { units: 9, other: 10, done: true, who: '9', words: '10' }),
      row(2, { units: 10, other: 9, done: false, who: '10', words: '9' }),
    ])
    const holds = (one: Condition): QualityRule => ({ means: 'm', holds: [one] })
    expect(
      await countsOf({
        numbers: holds({ field: 'units', is: 'lt', other: 'other' }),
        texts: holds({ field: 'who', is: 'lt', other: 'words' }),
        truth: holds({ field: 'done', is: 'eq', value: true }),
        number: holds({ field: 'units', is: 'gte', value: 10 }),
        moment: holds({ field: 'at', is: 'gt', value: '2026-01-01T00:00:00.000Z' }),
      }),
    ).toEqual({ numbers: 1, texts: 1, truth: 1, number: 1, moment: 2 })
  })

  it('reads each record once for all rules but those about duplicates', async () => {
    await fill(Array.from({ length: 200 }, (_, n) => row(n, { units: n })))
    const quality = Object.fromEntries(
      Array.from({ length: 60 }, (_, n): [string, QualityRule] => [
        `r${n}`,
        n % 2 === 0
          ? { means: 'm', invalid: 'units', valid: [n, n + 1] }
          : {
              means: 'm',
              when: [{ field: 'who', is: 'null' }],
              holds: [{ field: 'units', is: 'lt', value: n }],
            },
      ]),
    )
    const passes = passesOf(Object.entries(quality))
    expect(passes.map(({ rules }) => rules.length)).toEqual([60])
    const [pass] = passes
    const run = db.prepare(pass?.text ?? '').bind(...(pass?.values ?? []))
    const { meta } = await run.all()
    expect(meta.rows_read).toBeLessThanOrEqual(200 + 1)
    const plan = await db
      .prepare(`EXPLAIN QUERY PLAN ${pass?.text}`)
      .bind(...(pass?.values ?? []))
      .all<{ detail: string }>()
    expect(plan.results.filter(({ detail }) => detail.startsWith('SCAN records'))).toHaveLength(1)
    const withDuplicates = passesOf([
      ...Object.entries(quality),
      ['d', { means: 'm', duplicates: ['who', 'units'] }],
    ])
    expect(withDuplicates.map(({ rules }) => rules.length)).toEqual([60, 1])
  })

  it('looks long lists up, which costs a row a record', async () => {
    await fill(Array.from({ length: 20 }, (_, n) => row(n, { units: n })))
    const valid = Array.from({ length: 50 }, (_, n) => n)
    const [pass] = passesOf([['long', { means: 'm', invalid: 'units', valid }]])
    const { meta, results } = await db
      .prepare(pass?.text ?? '')
      .bind(...(pass?.values ?? []))
      .all()
    expect(results).toMatchObject([{ c0: 0 }])
    expect(meta.rows_read).toBeLessThanOrEqual(20 * 2 + valid.length + 1)
  })

  it('has room for a hundred rules, and for hundreds of values and conditions in one', async () => {
    await fill([row(1, { units: 5 })])
    const many = Array.from({ length: 300 }, (_, n) => n)
    const quality: Record<string, QualityRule> = {
      ...Object.fromEntries(many.slice(0, 100).map((n) => [`r${n}`, { means: 'm', nulls: 'who' }])),
      listed: { means: 'm', invalid: 'units', valid: many },
      long: { means: 'm', holds: many.map((n) => ({ field: 'units', is: 'ne', value: n + 10 })) },
    }
    const found = await countsOf(quality)
    expect([found['r0'], found['r99'], found['listed'], found['long']]).toEqual([1, 1, 0, 0])
  })
})
