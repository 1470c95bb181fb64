/** What consumers see of records that left D1: over HTTP, and a derived product that is filled. */
import { viewOf } from '@meshloop/access/claims'
import { defineProduct, id, int, text, time } from '@meshloop/contract'
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { derivationTables } from '../src/derive/derivation-tables.ts'
import { derive } from '../src/derive/derivation.ts'
import { exportsOf, feedOf } from '../src/derive/feed.ts'
import { input } from '../src/derive/input.ts'
import { runStep } from '../src/derive/run.ts'
import { serve } from '../src/serve.ts'
import { tablesOf } from '../src/table/tables.ts'
import { setUp, type Bench } from '../src/testing/bench.ts'
import { described } from './described.ts'
import { bucket } from './exports-world.ts'
import { makeTables } from './make-tables.ts'
import { clientOf } from './reader-over-http.ts'

const { C, DB } = env as unknown as Record<'C' | 'DB', D1Database> // bound in vitest.config.ts
const frame = {
  ...described,
  key: ['k'],
  eventTime: 'at',
  versionBy: 'rev',
} as const
const fields = { k: id('K'), at: time('T'), rev: int('V') }
const parcels = defineProduct({
  ...frame,
  id: 'a.parcels',
  fields: { ...fields, note: text('N', { class: 'sensitive', nullable: true }) },
  exports: { every: 'PT10M', keep: 'PT1H', hot: 'P31D' },
})
const out = defineProduct({
  ...frame,
  id: 'b.last',
  fields,
  inputs: [{ product: 'a.parcels', major: 1 }],
})
const derivation = derive({
  out,
  key: ['k'],
  inputs: { parcels: input(parcels, { by: ['k'], fields: ['at', 'rev'], last: 1 }) },
  build: ({ k }, { parcels: [parcel] }) => parcel && { k, at: parcel.at, rev: parcel.rev },
})
const worker = serve({ contract: parcels })

let bench: Bench
beforeAll(async () => {
  bench = await setUp(worker, parcels)
})
beforeEach(async () => {
  await makeTables(DB, worker.tables)
  await makeTables(C, [...tablesOf(out), ...derivationTables(derivation)])
  const { objects } = await bucket.list()
  if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key))
})

const now = new Date().toISOString()
const row = (k: string, rev: number, at: string) => ({ k, at, rev, note: 'n' })
const send = async (...rows: object[]) => expect((await bench.send(rows)).status).toBe(200)
const cron = async () => worker.scheduled({} as ScheduledController, bench.env)
/** `old` has left, as if the time for it had come; `new` is here. The id of the export. */
async function left(): Promise<string> {
  await send(row('old', 1, '2024-02-03T00:00:00.000Z'), row('new', 1, now))
  await cron()
  await DB.prepare(`UPDATE _exports SET made_at = '2026-01-01T00:00:00.000Z'`).run()
  await cron()
  const { exports } = await bench.json<{ exports: { id: string }[] }>('/exports')
  return exports[0]?.id ?? ''
}
const withView = async (view: Parameters<typeof viewOf>[0]) => ({
  headers: { authorization: `Bearer ${await bench.token('read', { view: await viewOf(view) })}` },
})
const problem = async (response: Response) => response.json<{ code: string; detail: string }>()

describe('a record that left', () => {
  it('is not found, and who may read it elsewhere is told where', async () => {
    const one = await left()
    const response = await bench.call('/records/old')
    expect(response.status).toBe(404)
    const { code, detail } = await problem(response)
    expect(code).toBe('record_not_found')
    expect(detail).toContain('it is of 2024-02')
    expect(detail).toContain(`${bench.env.BASE_URL}/exports/${one}`)
    const none = await problem(await bench.call('/records/none'))
    expect(none.detail).toBe('There is no record with the key none.')
    expect((await bench.json<{ records: object[] }>('/records')).records.length).toBe(1)
  })

  it.each([
    ['some fields', { columns: ['k', 'at', 'rev'], rows: [] }],
    ['some rows', { columns: null, rows: [{ field: 'k', op: 'eq', value: 'old' }] }],
  ] as const)('is like one that never was to a grant of %s', async (_, view) => {
    await left()
    const { detail } = await problem(await bench.call('/records/old', await withView(view)))
    expect(detail).toBe('There is no record with the key old.')
    const status = await bench.json<{ hot_from: unknown }>('/status', await withView(view))
    expect(status.hot_from).toBeNull()
  })

  it('is in no answer that was remembered', async () => {
    await send(row('old', 1, '2024-02-03T00:00:00.000Z'))
    await cron()
    expect((await bench.call('/records/old')).status).toBe(200)
    await DB.prepare(`UPDATE _exports SET made_at = '2026-01-01T00:00:00.000Z'`).run()
    await cron()
    expect((await bench.call('/records/old', { headers: { 'cache-control': 'no-cache' } })).status).toBe(404)
  })

  it('is said to be elsewhere: by the status, the contract and the OpenAPI document', async () => {
    const before = await bench.json<{ hot_from: unknown }>('/status')
    expect(before.hot_from).toBeNull()
    await left()
    expect((await bench.json<{ hot_from: unknown }>('/status')).hot_from).toBe('2024-03-01T00:00:00.000Z')
    expect(await (await bench.call('/openapi.json')).text()).toContain(
      'ended longer than P31D ago are in the bulk files alone',
    )
    expect(await (await bench.call('/contract?format=markdown')).text()).toContain('longer than `P31D` ago')
  })

  it('is not told to who follows; who is too slow begins with the export', async () => {
    await send(row('first', 1, now))
    const slow = await bench.json<{ next_cursor: string }>('/changes')
    const one = await left()
    const quick = await bench.json<{ next_cursor: string; changes: object[] }>('/changes')
    expect(quick.changes.length).toBe(2)
    expect((await bench.json<{ changes: object[] }>(`/changes?after=${quick.next_cursor}`)).changes).toEqual(
      [],
    )
    const response = await bench.call(`/changes?after=${slow.next_cursor}`)
    expect(response.status).toBe(410)
    const { code, detail } = await problem(response)
    expect([code, detail.includes(`/exports/${one}`)]).toEqual(['resync_required', true])
  })

  it('is in a derived product that is filled afterwards, with corrections and deletions of it', async () => {
    await left()
    await send(row('older', 1, '2024-02-04T00:00:00.000Z'))
    await cron()
    const client = await clientOf(bench, parcels.id)
    const settle = async () => {
      for (let n = 0; n < 40; n++) {
        const step = await runStep({
          db: C, derivation, readFeed: feedOf(client), readExports: exportsOf(client), now: () => Date.now(),
          newIncarnation: () => 'one', bounds: { pages: 5, pageRows: 2 },
        }) // prettier-ignore
        if (step.done) break
      }
      const { results } = await C.prepare('SELECT k, rev FROM records WHERE _deleted = 0 ORDER BY k').all()
      return results
    }
    expect(await settle()).toEqual([{ k: 'new', rev: 1 }, { k: 'old', rev: 1 }, { k: 'older', rev: 1 }]) // prettier-ignore
    await send(row('old', 2, '2024-02-05T00:00:00.000Z'), { k: 'older', rev: 2, _deleted: true })
    expect(await settle()).toEqual([{ k: 'new', rev: 1 }, { k: 'old', rev: 2 }]) // prettier-ignore
  })
})
