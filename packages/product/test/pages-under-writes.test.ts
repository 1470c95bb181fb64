/** What is read while others write: pages return each record that stays exactly once, and the feed rebuilds the table. */
import { wholeView } from '@meshloop/access/claims'
import { defineProduct, id, int, oneOf, time } from '@meshloop/contract'
import { env } from 'cloudflare:workers'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { accept } from '../src/ingest/accept.ts'
import { judgeFor } from '../src/ingest/judge.ts'
import { readChanges } from '../src/query/changes.ts'
import type { Filter } from '../src/query/condition.ts'
import type { Position } from '../src/query/cursor.ts'
import { sortOrder } from '../src/query/keyset.ts'
import { readPage } from '../src/query/records.ts'
import { tablesOf } from '../src/table/tables.ts'
import { dearRuns } from '../src/testing/runs.ts'
import { makeTables } from './make-tables.ts'

const { A: db } = env as unknown as { A: D1Database } // bound in vitest.config.ts
const contract = defineProduct({
  id: 'a.pages',
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
  fields: {
    k: id('K'),
    at: time('T'),
    rev: int('Version'),
    n: int('N', { nullable: true }),
    shop: oneOf(['a', 'b', 'c'], 'S', { nullable: true }),
  },
  key: ['k'],
  eventTime: 'at',
  versionBy: 'rev',
  indexes: ['n', 'shop', ['shop', 'n']],
})
const reader = { db, contract, expected: [] }
const NOW = Date.UTC(2027, 0)

type Row = Readonly<Record<string, string | number | null>>
const values = fc.record({
  at: fc.nat(2).map((hour) => new Date(Date.UTC(2026, 0, 1, hour)).toISOString()),
  n: fc.constantFrom(null, -1, 0, 2),
  shop: fc.constantFrom(null, 'a', 'b', 'c'),
})
/** The same key may be written again and again; every fourth time it is deleted. */
const write = fc.record({ key: fc.nat(5), isDeletion: fc.nat(3).map((n) => n === 0), values })
const writes = fc.array(fc.array(write, { maxLength: 3 }), { minLength: 1, maxLength: 6 })
const sorts = fc
  .uniqueArray(fc.constantFrom('k', 'at', 'n', 'shop'), { maxLength: 3 })
  .chain((names) => fc.tuple(...names.map((name) => fc.constantFrom(name, `-${name}`))))
const filters = fc.constantFrom<Filter[]>(
  [],
  [{ field: 'shop', op: 'eq', value: 'a' }],
  [{ field: 'shop', op: 'in', value: ['a', 'b'] }],
  [{ field: 'n', op: 'gte', value: 0 }],
  [{ field: 'shop', op: 'not', value: 'a' }],
  [{ field: 'n', op: 'null', value: true }],
)

let rev = 0
async function send(all: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
  const ingest = { db, contract, judge: judgeFor(contract), sources: {}, expected: [], now: () => NOW, newIncarnation: () => 'one' } // prettier-ignore
  await accept(
    ingest,
    's',
    all.map((row) => ({ ...row, rev: (rev += 1) })),
    [],
  )
}
const rowOf = (k: string, own: Row): Row => ({ k, ...own })
const sent = ({ key, isDeletion, values: own }: { key: number; isDeletion: boolean; values: Row }) =>
  isDeletion ? { k: `w${key}`, _deleted: true } : rowOf(`w${key}`, own)

/** As plain code says it: nothing sorts before all, and is equal to nothing. */
const matches = (row: Row, { field, op, value }: Filter): boolean => {
  const own = row[field] ?? null
  if (op === 'null') return (own === null) === value
  if (op === 'not') return own !== value
  if (own === null) return false
  if (op === 'in') return value.includes(own)
  return op === 'gte' ? Number(own) >= Number(value) : own === value
}
const compare = (a: Row, b: Row, sort: readonly string[]): number => {
  for (const each of sort) {
    const [x, y] = [a[each.replace('-', '')] ?? null, b[each.replace('-', '')] ?? null]
    const order = x === y ? 0 : x === null ? -1 : y === null ? 1 : x < y ? -1 : 1
    if (order !== 0) return each.startsWith('-') ? -order : order
  }
  return 0
}

it('pages return each record that stays exactly once, in its order, whatever is written between them', async () => {
  await makeTables(db, tablesOf(contract))
  await fc.assert(
    fc.asyncProperty(
      fc.array(values, { maxLength: 10 }),
      sorts,
      filters,
      fc.integer({ min: 1, max: 4 }),
      writes,
      async (own, sort, wanted, limit, between) => {
        await db.prepare('DELETE FROM records').run()
        const stable = own.map((each, n) => rowOf(`s${n}`, each))
        await send([...stable, ...[0, 1, 2].map((key) => sent({ key, isDeletion: false, values: own[0] ?? { at: '2026-01-01T00:00:00.000Z', n: 1, shop: 'a' } }))]) // prettier-ignore
        const order = sortOrder(contract, sort, wholeView)
        const found: Row[] = []
        let after: Position | undefined
        let pages = 0
        do {
          const query = { filters: wanted, order, limit, after, count: false }
          const page = await readPage(reader, wholeView, query)
          found.push(...page.records.map((text) => JSON.parse(text) as Row))
          after = page.next
          if (after) await send((between[pages % between.length] ?? []).map(sent))
          pages += 1
        } while (after && pages < 100)
        const keyed = [...sort, `${sort.at(-1)?.startsWith('-') ? '-' : ''}k`]
        const expected = stable
          .filter((row) => wanted.every((filter) => matches(row, filter)))
          .toSorted((a, b) => compare(a, b, keyed))
        const stayed = found.filter(({ k }) => String(k).startsWith('s'))
        expect(stayed.map(({ k }) => k)).toEqual(expected.map(({ k }) => k))
        expect(pages).toBeLessThan(100)
      },
    ),
    dearRuns(2),
  )
})

it('the feed, read from any place of it while others write, rebuilds the table', async () => {
  await makeTables(db, tablesOf(contract))
  await fc.assert(
    fc.asyncProperty(writes, writes, fc.integer({ min: 1, max: 3 }), async (before, between, limit) => {
      const copy = new Map<string, Row>()
      let after: Position | undefined
      const read = async (): Promise<boolean> => {
        const page = await readChanges(reader, wholeView, { after, limit, fields: undefined, now: NOW })
        for (const text of page.changes) {
          const change = JSON.parse(text) as { readonly key?: Row; readonly record?: Row }
          if (change.record) copy.set(String(change.record['k']), change.record)
          else copy.delete(String(change.key?.['k']))
        }
        after = page.next
        return page.more
      }
      for (const batch of before) {
        await send(batch.map(sent))
        await read()
      }
      for (const batch of between) {
        await read()
        await send(batch.map(sent))
      }
      while (await read());
      const order = sortOrder(contract, [], wholeView)
      const table = await readPage(reader, wholeView, { filters: [], order, limit: 100, count: false })
      const rows = [...copy.values()].toSorted((a, b) => (String(a['k']) < String(b['k']) ? -1 : 1))
      expect(rows).toEqual(table.records.map((text) => JSON.parse(text) as Row))
    }),
    dearRuns(10),
  )
})
