/** Queries within D1's limits, however many fields a contract has; pages that do not read the pages before them. */
import { viewOf, wholeView } from '@meshloop/access/claims'
import { id, int, list, time, type Contract } from '@meshloop/contract'
import * as fc from 'fast-check'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { accept } from '../src/ingest/accept.ts'
import { judgeFor } from '../src/ingest/judge.ts'
import { readAggregate } from '../src/query/aggregate.ts'
import { after, orderBy, sortOrder } from '../src/query/keyset.ts'
import { readParameters, sortParameter } from '../src/query/parameters.ts'
import { readPage } from '../src/query/records.ts'
import { commas, sql, statement } from '../src/store/sql.ts'
import { tablesOf } from '../src/table/tables.ts'
import { dearRuns } from '../src/testing/runs.ts'
import { makeTables } from './make-tables.ts'

type Json = Readonly<Record<string, unknown>>

const { A: db } = env as unknown as { A: D1Database } // bound in vitest.config.ts
const NUMBERS = Array.from({ length: 92 }, (_, i) => `n${i}`)
const INDEXED = NUMBERS.slice(0, 20)
/** As many fields as a product may have; their names are known at run time only, which defineProduct does not take. */
const wide: Contract = {
  id: 'a.wide',
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
  fields: {
    key: id('Key'),
    at: time('When'),
    ...Object.fromEntries(NUMBERS.map((name) => [name, int(name, { nullable: true })])),
    tags: list(id('Tag'), 'Tags'),
  },
  key: ['key'],
  eventTime: 'at',
  indexes: INDEXED,
  measures: Object.fromEntries(NUMBERS.map((name) => [`sum_${name}`, { means: name, sum: name }])),
}
const reader = { db, contract: wide, expected: ['s'] }
const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString()
const row = (n: number, values: Json = {}): Json => ({
  key: `k${String(n).padStart(4, '0')}`,
  at: minute(n),
  ...Object.fromEntries(NUMBERS.map((name) => [name, null])),
  tags: ['a"}', '{b'],
  ...values,
})
const send = (rows: readonly Json[]) =>
  accept(
    {
      db,
      contract: wide,
      judge: judgeFor(wide),
      sources: {},
      expected: ['s'],
      now: () => Date.UTC(2026, 6, 1),
      newIncarnation: () => 'one',
    },
    's',
    rows,
    [],
  )

beforeEach(() => makeTables(db, tablesOf(wide)))

const page = async (sort: readonly string[], limit: number, position?: (string | number | null)[]) => {
  const { records, next } = await readPage(reader, wholeView, {
    filters: [],
    order: sortOrder(wide, sort, wholeView),
    limit,
    after: position,
    count: false,
  })
  return { rows: records.map((text) => JSON.parse(text) as Json), next: next && [...next] }
}

describe('a record of as many fields as there may be', () => {
  it('is read whole, its fields in the order of the contract', async () => {
    const sent = row(1, Object.fromEntries(NUMBERS.map((name, i) => [name, i])))
    await send([sent])
    const { rows } = await page([], 10)
    expect(rows).toEqual([sent])
    expect(Object.keys(rows[0] ?? {})).toEqual(Object.keys(wide.fields))
  })

  it('is added up by all measures at once', async () => {
    await send([row(1, { n0: 1, n91: 5 }), row(2, { n0: 2, n91: 6 })])
    const measures = Object.keys(wide.measures ?? {})
    const { groups } = await readAggregate(reader, wholeView, { measures, by: [], filters: [], limit: 1 })
    expect(JSON.parse(groups[0] ?? '')).toMatchObject({ sum_n0: 3, sum_n50: 0, sum_n91: 11 })
  })
})

describe('pages', () => {
  it('end in the whole order, for any sort and any nulls', async () => {
    const value = fc.option(fc.integer({ min: 0, max: 2 }), { nil: null })
    const rows = fc.array(fc.record({ n0: value, n1: value, n2: value }), { minLength: 1, maxLength: 12 })
    const sorts = fc
      .uniqueArray(fc.constantFrom('n0', 'n1', 'n2', 'at', 'key'), { maxLength: 5 })
      .chain((names) =>
        fc.tuple(...names.map((name) => fc.constantFrom(name, `-${name}`))).map((list): string[] => list),
      )
    await fc.assert(
      fc.asyncProperty(rows, sorts, async (values, sort) => {
        await db.prepare('DELETE FROM records').run()
        await send(values.map((own, n) => row(n, own)))
        const whole = await page(sort, 100)
        const found: unknown[] = []
        for (let position: (string | number | null)[] | undefined, more = true; more;) {
          const { rows: some, next } = await page(sort, 2, position)
          found.push(...some)
          position = next
          more = next !== undefined
        }
        expect(found).toEqual(whole.rows)
        expect(found).toHaveLength(values.length)
      }),
      dearRuns(2),
    )
  })

  it.each([
    [['at'], [minute(250), 'k0250']],
    [['-at'], [minute(50), 'k0050']],
    [['n0'], [250, 'k0250']],
  ])('sorted by %s read no more than they return', async (sort, position) => {
    await send(Array.from({ length: 300 }, (_, n) => row(n, { n0: n })))
    const order = sortOrder(wide, sort, wholeView)
    const { meta, results } = await statement(
      db,
      sql`SELECT key FROM records WHERE ${after(order, position)} ORDER BY ${commas(orderBy(order))} LIMIT 5`,
    ).all()
    expect(results).toHaveLength(5)
    expect(meta.rows_read).toBeLessThan(20)
  })

  it('bind few values, with the longest order and the most filters', async () => {
    await send([row(1), row(2)])
    const sort = INDEXED.slice(0, 8)
    const filters = INDEXED.map((field) => ({ field, op: 'gte' as const, value: 0 }))
    const order = sortOrder(wide, sort, wholeView)
    const query = { filters, order, limit: 1, count: true, after: order.map(() => 1) }
    const view = await viewOf({ columns: null, rows: [...filters].slice(0, 10) })
    expect(filters).toHaveLength(20)
    expect(await readPage(reader, view, query)).toMatchObject({ records: [], total: 0 })
    const parameter = sortParameter(INDEXED)
    expect(() =>
      readParameters(new URLSearchParams({ sort: INDEXED.slice(0, 9).join(',') }), [parameter]),
    ).toThrow(expect.objectContaining({ code: 'parameter_invalid' }))
  })
})
