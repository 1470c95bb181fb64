/** What a run reads is told by what changed, not by how much there is. */
import { defineProduct, id, int, oneOf, time } from '@meshloop/contract'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { derive } from '../src/derive/derivation.ts'
import { input } from '../src/derive/input.ts'
import { derivationTables } from '../src/derive/derivation-tables.ts'
import { rowsOf } from '../src/derive/latest.ts'
import { runStep, type RunReport } from '../src/derive/run.ts'
import { statement } from '../src/store/sql.ts'
import { tablesOf } from '../src/table/tables.ts'
import { described } from './described.ts'
import { MemoryFeed } from './feed-in-memory.ts'
import { makeTables } from './make-tables.ts'

const events = defineProduct({
  ...described,
  id: 'a.events',
  fields: { k: id('K'), who: id('W'), at: time('T'), kind: oneOf(['good', 'bad'], 'Kind') },
  key: ['k'],
  eventTime: 'at',
})
const out = defineProduct({
  ...described,
  id: 'b.people',
  fields: { who: id('W'), at: time('T'), n: int('Events that were seen') },
  key: ['who'],
  eventTime: 'at',
  inputs: [{ product: 'a.events', major: 1 }],
})
const { C: db } = env as unknown as { C: D1Database } // bound in vitest.config.ts
const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString()
const event = (n: number, who: string) => ({
  k: `k${n}`,
  who,
  at: minute(n),
  kind: n % 10 === 0 ? 'bad' : 'good',
})
const by = ['who'] as const
const fields = ['at'] as const

it.each([
  ['the latest', input(events, { by, fields, last: 5 })],
  ['those of a window', input(events, { by, fields, last: 5, within: 'P30D' })],
  ['the latest of each kind', input(events, { by, fields, last: 5, each: 'kind' })],
  ['those of a window, of each kind', input(events, { by, fields, last: 5, each: 'kind', within: 'PT1H' })],
])('as much for a key with thousands of rows as for one with a few: %s', async (_, of) => {
  const derivation = derive({
    out,
    key: ['who'],
    inputs: { events: of },
    build: ({ who }, { events: rows }) => ({ who, at: rows.at(-1)?.at ?? minute(0), n: rows.length }),
  })
  await makeTables(db, [...tablesOf(out), ...derivationTables(derivation)])
  const feed = new MemoryFeed('k')
  const runs = async (): Promise<RunReport> => {
    const report = await runStep({
      db,
      derivation,
      readFeed: async (_contract, after, limit) => Promise.resolve(feed.read(after, limit)),
      now: () => Date.UTC(2026, 6, 1),
      newIncarnation: () => 'one',
    })
    return report.done ? report : runs()
  }
  for (let n = 0; n < 60; n++) feed.put(event(n, 'few'))
  for (let n = 0; n < 3_000; n++) feed.put(event(1_000 + n, 'many'))
  await runs()
  feed.put(event(5_000, 'few'))
  const few = await runs()
  feed.put(event(6_000, 'many'))
  const many = await runs()
  expect(many).toMatchObject({ built: 1, done: true })
  expect(many.rows_read).toBeLessThanOrEqual(few.rows_read + 10)
  expect(few.rows_read).toBeLessThan(150)
  // However long rows are, a chunk of keys holds so much of them and no more.
  const asked = { keys: '[["few"],["many"]]', outKey: out.key, limit: 100, chars: 1 }
  const followed = derivation.inputs['events'] ?? { ...of, parts: out.key }
  expect((await statement(db, rowsOf('events', followed, asked)).all()).results.length).toBe(1)
})
