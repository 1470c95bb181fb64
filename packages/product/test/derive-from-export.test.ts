/** A mirror that is filled from an input's export, and goes on with the changes after it. */
import { defineProduct, id, time } from '@meshloop/contract'
import { env } from 'cloudflare:workers'
import { beforeEach, expect, it } from 'vitest'
import { derive, type Derivation } from '../src/derive/derivation.ts'
import { input } from '../src/derive/input.ts'
import { derivationTables } from '../src/derive/derivation-tables.ts'
import type { ReadExports } from '../src/derive/from-export.ts'
import { runStep } from '../src/derive/run.ts'
import { tablesOf } from '../src/table/tables.ts'
import { described } from './described.ts'
import { MemoryFeed } from './feed-in-memory.ts'
import { makeTables } from './make-tables.ts'

const frame = {
  ...described,
  fields: { k: id('K'), at: time('T') },
  key: ['k'],
  eventTime: 'at',
} as const
const events = defineProduct({ ...frame, id: 'a.events', exports: {} })
const out = defineProduct({ ...frame, id: 'b.last', inputs: [{ product: 'a.events', major: 1 }] })
const derivation = derive({
  out,
  key: ['k'],
  inputs: { events: input(events, { by: ['k'], fields: ['at'], last: 1 }) },
  build: ({ k }, { events: [event] }) => event && { k, at: event.at },
})
const { C: db } = env as unknown as { C: D1Database } // bound in vitest.config.ts
const at = '2026-01-01T00:00:00.000Z'
const records = (...keys: string[]) => keys.map((k) => ({ k, at }))
const file = (month: string) => ({
  name: month,
  month,
  format: 'ndjson' as const,
  bytes: 1,
  rows: 1,
  sha256: '',
})

beforeEach(() => makeTables(db, [...tablesOf(out), ...derivationTables(derivation)]))

/** Exports by their id, the newest last: records by month, and the place in the feed after them. */
type Kept = Map<string, { readonly months: Readonly<Record<string, object[]>>; readonly after: string }>
const exportsIn = (kept: Kept): ReadExports => ({
  newest: async () => Promise.resolve([...kept.keys()].at(-1)),
  open: async (_, name) => {
    const found = kept.get(name)
    return Promise.resolve(
      found && { files: Object.keys(found.months).map(file), changes_after: found.after },
    )
  },
  file: async (_, name, { month }) => Promise.resolve(kept.get(name)?.months[month] as never),
})

const built = async () =>
  (await db.prepare('SELECT k FROM records WHERE _deleted = 0 ORDER BY k').all()).results.map(({ k }) => k)

function world(kept: Kept, of: Derivation = derivation) {
  const feed = new MemoryFeed('k')
  const run = () =>
    runStep({
      db,
      derivation: of,
      readFeed: async (_, after, limit) => Promise.resolve(feed.read(after, limit)),
      readExports: exportsIn(kept),
      now: () => Date.UTC(2026, 6, 1),
      newIncarnation: () => 'one',
      bounds: { pages: 1 },
    })
  const settle = async () => {
    for (let n = 0; n < 50; n++) if ((await run()).done) return
    throw new Error('the derivation does not settle')
  }
  return { feed, run, settle }
}

it('holds what is in the export alone, and what came after it', async () => {
  const kept: Kept = new Map([['e1', { months: { '2025-01': records('old'), '2026-01': records('a') }, after: '0.1' }]])
  const { feed, settle } = world(kept)
  feed.put({ k: 'a', at })
  feed.put({ k: 'b', at })
  feed.asOf = at
  await settle()
  expect(await built()).toEqual(['a', 'b', 'old'])
}) // prettier-ignore

it('begins again with the newer one when an export ends in between, and keeps nothing of it', async () => {
  const kept: Kept = new Map([['e1', { months: { '2025-01': records('gone'), '2026-01': records('a') }, after: '0.0' }]])
  const { run, settle } = world(kept)
  await run()
  expect(await built()).toEqual([])
  kept.delete('e1')
  kept.set('e2', { months: { '2026-01': records('a', 'b') }, after: '0.0' })
  await settle()
  expect(await built()).toEqual(['a', 'b'])
}) // prettier-ignore

it('waits for an export where the input keeps older records in exports alone', async () => {
  const hot = { ...events, exports: { hot: 'P30D' } } as const
  const { run } = world(new Map(), {
    ...derivation,
    inputs: { events: { ...input(hot, { by: ['k'], fields: ['at'], last: 1 }), parts: ['k'] } },
  })
  await expect(run()).rejects.toMatchObject({ code: 'input_unavailable' })
})

it('leaves out rows against the input’s contract, and says which', async () => {
  const nameless = { at, secret: 'of no concern here' }
  const kept: Kept = new Map([['e1', { months: { '2026-01': [...records('a'), nameless] }, after: '0.0' }]])
  const { feed, run, settle } = world(kept)
  feed.put({ k: 'b', at: 7 })
  feed.put({ k: 'c', at })
  expect((await run()).inputs['a.events']).toMatchObject({ changes: 2, refused: 1 })
  await settle()
  expect(await built()).toEqual(['a', 'c'])
  const { results } = await db.prepare('SELECT source, row, errors ->> 0 AS error FROM _quarantine ORDER BY row').all()
  expect(results.map(({ source, row, error }) => [source, row, (JSON.parse(String(error)) as { field: string }).field])).toEqual([
    ['a.events', `{"at":"${at}"}`, 'k'],
    ['a.events', '{"at":7,"k":"b"}', 'at'],
  ])
}) // prettier-ignore

it('serves the old state while it is filled anew, and forgets what did not come again', async () => {
  const kept: Kept = new Map([['e1', { months: { '2026-01': records('a', 'b') }, after: '0.0' }]])
  const { feed, run, settle } = world(kept)
  feed.asOf = at
  await settle()
  kept.set('e2', { months: { '2025-12': records('b'), '2026-01': records('c') }, after: '1.0' })
  feed.restore(() => false)
  await run()
  expect((await run()).inputs['a.events']).toMatchObject({ as_of: at, behind: true })
  expect(await built()).toEqual(['a', 'b'])
  await settle()
  expect(await built()).toEqual(['b', 'c'])
})
