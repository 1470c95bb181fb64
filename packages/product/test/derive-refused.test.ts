/** A derived product whose input does not take its place in the feed, or its grant, any more. */
import { wholeView, type View } from '@meshloop/access/claims'
import { defineProduct, id, int, text, time } from '@meshloop/contract'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { derive } from '../src/derive/derivation.ts'
import { input } from '../src/derive/input.ts'
import { feedOf } from '../src/derive/feed.ts'
import { derivationTables } from '../src/derive/derivation-tables.ts'
import { runStep } from '../src/derive/run.ts'
import { serve } from '../src/serve.ts'
import { setUp } from '../src/testing/bench.ts'
import { tablesOf } from '../src/table/tables.ts'
import { described } from './described.ts'
import { makeTables } from './make-tables.ts'
import { clientOf } from './reader-over-http.ts'

const { C } = env as unknown as { C: D1Database } // bound in vitest.config.ts
const frame = {
  ...described,
  fields: { k: id('K'), at: time('T') },
  key: ['k'],
  eventTime: 'at',
} as const
const events = defineProduct({
  ...frame,
  id: 'a.events',
  fields: { ...frame.fields, note: int('N'), story: text('S', { nullable: true, max: 300_000 }) },
})
const at = '2026-01-01T00:00:00.000Z'
const derivation = derive({
  out: defineProduct({ ...frame, id: 'b.last', inputs: [{ product: 'a.events', major: 1 }] }),
  key: ['k'],
  inputs: { events: input(events, { by: ['k'], fields: ['story'], last: 1 }) },
  build: ({ k }, { events: [event] }) => event && { k, at },
})

/** An input with records, what is derived of it, and a grant between both. */
async function made() {
  const worker = serve({ contract: events })
  const bench = await setUp(worker, events)
  await makeTables(bench.env.DB, worker.tables)
  await makeTables(C, [...tablesOf(derivation.out), ...derivationTables(derivation)])
  const send = (...keys: string[]) => bench.send(keys.map((k) => ({ k, at, note: 1, story: null })))
  await send('k1', 'k2')
  const settleWith = async (view: Omit<View, 'id'>) => {
    const client = await clientOf(bench, events.id, view)
    const readFeed = feedOf(client)
    let read = 0
    for (let done = false; !done;) {
      const report = await runStep({
        db: C,
        derivation,
        readFeed,
        now: () => Date.now(),
        newIncarnation: () => 'one',
      })
      read += report.inputs['a.events']?.changes ?? 0
      ;({ done } = report)
    }
    return read
  }
  const derived = async () =>
    (await C.prepare('SELECT k FROM records ORDER BY k').all<{ k: string }>()).results.map(({ k }) => k)
  return { bench, send, settleWith, derived }
}

it.each([
  ['of the former format', btoa('{"q":"changes","at":["one",1,1]}').replaceAll('=', '')],
  ['of another consumer, or of a key that is gone', 'A'.repeat(124)],
])('begins again with a cursor %s', async (_, cursor) => {
  const { send, settleWith, derived } = await made()
  expect(await settleWith(wholeView)).toBe(2)
  await send('k3')
  await C.prepare(`UPDATE _progress SET cursor = substr(cursor, 1, instr(cursor, char(10))) || ?1`).bind(cursor).run()
  expect(await settleWith(wholeView)).toBe(3)
  expect(await derived()).toEqual(['k1', 'k2', 'k3'])
}) // prettier-ignore

it.each<[string, Omit<View, 'id'>]>([
  ['single fields', { columns: ['k', 'at'], rows: [] }],
  ['fields without the key', { columns: ['at'], rows: [] }],
  ['some rows', { columns: null, rows: [{ field: 'k', op: 'eq', value: 'k1' }] }],
])('forgets nothing while its grant shows %s, and goes on with what it gets back', async (_, narrowed) => {
  const { send, settleWith, derived } = await made()
  expect(await settleWith(wholeView)).toBe(2)
  await send('k3')
  await expect(settleWith(narrowed)).rejects.toMatchObject({ code: 'input_unavailable' })
  expect(await derived()).toEqual(['k1', 'k2'])
  expect(await settleWith(wholeView)).toBe(1)
  expect(await derived()).toEqual(['k1', 'k2', 'k3'])
})

it('reads rows of any width: where a page is too large, smaller ones', async () => {
  const { bench, settleWith, derived } = await made()
  const story = 'x'.repeat(250_000)
  for (const part of [1, 2, 3]) {
    const rows = Array.from({ length: 15 }, (_, n) => ({ k: `w${part * 100 + n}`, at, note: 1, story }))
    expect((await bench.send(rows)).status).toBe(200)
  }
  expect(await settleWith(wholeView)).toBe(47)
  expect((await derived()).length).toBe(47)
})
