/** A derived product that reads another major of an input, or more of its fields, forgets nothing and makes nothing up. */
import { wholeView } from '@meshloop/access/claims'
import { defineProduct, id, oneOf, time, type Contract } from '@meshloop/contract'
import { env } from 'cloudflare:workers'
import { beforeEach, expect, it } from 'vitest'
import { derive, type Derivation } from '../src/derive/derivation.ts'
import { input } from '../src/derive/input.ts'
import { derivationTables } from '../src/derive/derivation-tables.ts'
import { runStep, type ReadFeed } from '../src/derive/run.ts'
import { accept } from '../src/ingest/accept.ts'
import { judgeFor } from '../src/ingest/judge.ts'
import { ProductError } from '../src/problems.ts'
import { readChanges } from '../src/query/changes.ts'
import type { Position } from '../src/query/cursor.ts'
import { sortOrder } from '../src/query/keyset.ts'
import { readPage } from '../src/query/records.ts'
import { projectedRecords } from '../src/query/stored.ts'
import { migration, readSchema } from '../src/table/schema.ts'
import { tablesOf } from '../src/table/tables.ts'
import { makeTables } from './make-tables.ts'

const { A, C } = env as unknown as { A: D1Database; C: D1Database } // bound in vitest.config.ts
const frame = {
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
  key: ['k'],
  eventTime: 'at',
} as const
const events = { ...frame, id: 'a.events' } as const
const second = defineProduct({
  ...events,
  version: '2.0.0',
  fields: { k: id('K'), at: time('T'), action: oneOf(['mailed', 'left'], 'What'), who: id('Who') },
  indexes: ['action'],
})
const first = defineProduct({
  ...events,
  version: '1.0.0',
  fields: { k: id('K'), at: time('T'), event: oneOf(['sent', 'left'], 'What'), who: id('Who') },
  projects: { major: 2, fields: { event: { from: 'action', values: { mailed: 'sent' } } } },
})
const last = defineProduct({
  ...frame,
  id: 'c.last',
  version: '1.0.0',
  fields: { k: id('K'), at: time('T'), what: id('What') },
  inputs: [{ product: 'a.events', major: 1 }],
})

const fromFirst = derive({
  out: last,
  key: ['k'],
  inputs: { rows: input(first, { by: ['k'], fields: ['at', 'event'], last: 1 }) },
  build: ({ k }, { rows: [row] }) => row && { k, at: row.at, what: String(row.event) },
})
const fromMore = derive({
  out: last,
  key: ['k'],
  inputs: { rows: input(first, { by: ['k'], fields: ['at', 'event', 'who'], last: 1 }) },
  build: ({ k }, { rows: [row] }) => row && { k, at: row.at, what: `${row.event}-${row.who}` },
})
const fromSecond = derive({
  out: defineProduct({ ...last, inputs: [{ product: 'a.events', major: 2 }] }),
  key: ['k'],
  inputs: { rows: input(second, { by: ['k'], fields: ['at', 'action'], last: 1 }) },
  build: ({ k }, { rows: [row] }) => row && { k, at: row.at, what: String(row.action) },
})

const now = (): number => Date.UTC(2026, 6, 1)
const readFeed: ReadFeed = async (contract: Contract, after, limit, fields) => {
  const reader = { db: A, contract, expected: [], stored: projectedRecords(contract, second) }
  try {
    const page = await readChanges(reader, wholeView, {
      after: after === undefined ? after : (JSON.parse(after) as Position),
      limit,
      fields,
    })
    const changes = page.changes.map((text) => JSON.parse(text) as never)
    return { changes, next_cursor: JSON.stringify(page.next), more: page.more, as_of: page.as_of }
  } catch (error) {
    if (error instanceof ProductError && error.code === 'resync_required') return undefined
    throw error
  }
}

/** Deploys a derivation over what is there, and lets it come to its end. */
async function run(derivation: Derivation): Promise<unknown[]> {
  const schema = await readSchema(async (sql) => (await C.prepare(sql).all()).results)
  const statements = migration([...tablesOf(last), ...derivationTables(derivation)], schema)
  if (statements.length > 0) await C.batch(statements.map((sql) => C.prepare(sql)))
  const deriving = { db: C, derivation, readFeed, now, newIncarnation: () => 'one' }
  while (!(await runStep(deriving)).done);
  const order = sortOrder(last, [], wholeView)
  const reader = { db: C, contract: last, expected: [] }
  const page = await readPage(reader, wholeView, {
    filters: [],
    order,
    fields: ['k', 'what'],
    limit: 9,
    count: false,
  })
  return page.records.map((record) => Object.values(JSON.parse(record) as object).join(' '))
}

beforeEach(async () => {
  await makeTables(A, tablesOf(second))
  await makeTables(C, tablesOf(last))
  const ingest = {
    db: A,
    contract: second,
    judge: judgeFor(second),
    sources: {},
    expected: [],
    now,
    newIncarnation: () => 'one',
  }
  const at = '2026-01-01T00:00:00.000Z'
  await accept(
    ingest,
    's',
    ['mailed', 'left'].map((action, n) => ({ k: `k${n}`, at, action, who: `w${n}` })),
    [],
  )
})

it('reads an input anew when it reads another major of it, and again when it goes back', async () => {
  expect(await run(fromFirst)).toEqual(['k0 sent', 'k1 left'])
  expect(await run(fromSecond)).toEqual(['k0 mailed', 'k1 left'])
  expect(await run(fromFirst)).toEqual(['k0 sent', 'k1 left'])
})

it('reads an input anew when it reads more of its fields', async () => {
  expect(await run(fromFirst)).toEqual(['k0 sent', 'k1 left'])
  expect(await run(fromMore)).toEqual(['k0 sent-w0', 'k1 left-w1'])
})

it('cannot go on with the cursor of another major', async () => {
  const { next_cursor } = (await readFeed(first, undefined, 1, ['event'])) ?? {}
  expect(await readFeed(second, next_cursor, 1, ['action'])).toBeUndefined()
  expect(await readFeed(first, next_cursor, 1, ['event'])).toMatchObject({ more: false })
})
