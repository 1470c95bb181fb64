/** Rows that are hidden by a value cost a reader nothing: what a page reads does not depend on how many there are. */
import { viewOf, type RowFilter } from '@meshloop/access/claims'
import { defineProduct, id, oneOf, time } from '@meshloop/contract'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { accept } from '../src/ingest/accept.ts'
import { judgeFor } from '../src/ingest/judge.ts'
import { sortOrder } from '../src/query/keyset.ts'
import { readPage } from '../src/query/records.ts'
import { tablesOf } from '../src/table/tables.ts'
import { makeTables } from './make-tables.ts'

const { A: db } = env as unknown as { A: D1Database } // bound in vitest.config.ts
const contract = defineProduct({
  id: 'a.shops',
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
  fields: { k: id('K'), at: time('T'), shop: oneOf(['mine', 'theirs'], 'S'), state: oneOf(['x', 'y'], 'S') },
  key: ['k'],
  eventTime: 'at',
  indexes: ['shop', 'state'],
})

/** Rows read by each page of a consumer who sees 20 records, among so many hidden ones. */
async function readsAmong(hidden: number, rows: RowFilter, sort: string[]): Promise<number[]> {
  await makeTables(db, tablesOf(contract))
  const rowOf = (n: number, shop: string) => ({
    k: `${shop}${String(n).padStart(4, '0')}`,
    at: new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString(),
    shop,
    state: n % 2 === 0 ? 'x' : 'y',
  })
  const sent = [
    ...Array.from({ length: 20 }, (_, n) => rowOf(n * 10, 'mine')),
    ...Array.from({ length: hidden }, (_, n) => rowOf(n, 'theirs')),
  ]
  const ingest = { db, contract, judge: judgeFor(contract), sources: {}, expected: [], now: () => Date.UTC(2027, 0), newIncarnation: () => 'one' } // prettier-ignore
  await accept(ingest, 's', sent, [])
  const reads: number[] = []
  const watched = {
    prepare: (text: string) => ({
      bind: (...params: unknown[]) => ({
        all: async () => {
          const result = await db
            .prepare(text)
            .bind(...params)
            .all()
          reads.push(result.meta.rows_read)
          return result
        },
      }),
    }),
  } as unknown as D1Database // prettier-ignore -- the two methods that a reader calls
  const view = await viewOf({ columns: null, rows: [rows] })
  const order = sortOrder(contract, sort, view)
  let after: readonly (string | number | null)[] | undefined
  do {
    const query = { filters: [], order, limit: 8, after, count: true }
    after = (await readPage({ db: watched, contract, expected: [] }, view, query)).next
  } while (after)
  return reads
}

it.each<[string, RowFilter]>([
  ['one value', { field: 'shop', op: 'eq', value: 'mine' }],
  ['a list of values', { field: 'shop', op: 'in', value: ['mine'] }],
])('rows by %s', async (_, rows) => {
  for (const sort of [[], ['at'], ['-at'], ['state', '-at'], ['shop'], ['-k']]) {
    const none = await readsAmong(0, rows, sort)
    const many = await readsAmong(300, rows, sort)
    // To know that a range of an index ended, SQLite looks at the entry behind it, if there is one.
    for (const [page, read] of many.entries())
      expect(read - (none[page] ?? 0), `${sort.join()} page ${page}`).toBeLessThanOrEqual(2)
    expect(none.length).toBe(3)
  }
})
