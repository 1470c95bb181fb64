/** Records that are told apart by a whole number, as tables of other databases are: the number stays one all the way. */
import { wholeView } from '@meshloop/access/claims'
import { defineProduct, id, int, time } from '@meshloop/contract'
import { env } from 'cloudflare:workers'
import { beforeEach, expect, it } from 'vitest'
import { accept } from '../src/ingest/accept.ts'
import { judgeFor } from '../src/ingest/judge.ts'
import { readChanges } from '../src/query/changes.ts'
import { sortOrder } from '../src/query/keyset.ts'
import { readPage, readRecord } from '../src/query/records.ts'
import { tablesOf } from '../src/table/tables.ts'
import { makeTables } from './make-tables.ts'

const { A: db } = env as unknown as { A: D1Database } // bound in vitest.config.ts
const contract = defineProduct({
  id: 'a.numbered',
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
  fields: { n: int('Number'), part: id('Part'), at: time('When') },
  key: ['n', 'part'],
  eventTime: 'at',
})
const reader = { db, contract, expected: ['s'] }
const row = (n: number, minute = 0) => ({
  n,
  part: 'a',
  at: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
})
const send = (rows: readonly object[]) =>
  accept(
    {
      db,
      contract,
      judge: judgeFor(contract),
      sources: {},
      expected: ['s'],
      now: () => Date.UTC(2026, 6, 1),
      newIncarnation: () => 'one',
    },
    's',
    rows,
    [],
  )

beforeEach(() => makeTables(db, tablesOf(contract)))

it('orders, pages and finds records by number, not by digits', async () => {
  await send([row(10), row(9), row(-1), row(2 ** 53 - 1)])
  const found: unknown[] = []
  let after: readonly (string | number | null)[] | undefined
  do {
    const page = await readPage(reader, wholeView, {
      filters: [],
      order: sortOrder(contract, [], wholeView),
      limit: 1,
      after,
      count: false,
    })
    found.push(...page.records.map((text) => (JSON.parse(text) as { n: number }).n))
    after = page.next
  } while (after)
  expect(found).toEqual([-1, 9, 10, 2 ** 53 - 1])
  const one = await readRecord(reader, wholeView, { n: 10, part: 'a' })
  expect(JSON.parse(one?.record ?? 'null')).toEqual(row(10))
})

it('takes a correction for the same record, and tells it once', async () => {
  await send([row(10), row(9)])
  await send([row(10, 5), row(9)])
  const { changes } = await readChanges(reader, wholeView, { after: undefined, limit: 10, fields: undefined })
  expect(changes.map((text) => JSON.parse(text) as unknown)).toEqual([
    { op: 'upsert', record: row(9) },
    { op: 'upsert', record: row(10, 5) },
  ])
})
