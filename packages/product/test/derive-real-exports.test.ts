/** Bulk files of a real product as its readers get them, and a derived product that is filled from them. */
import { wholeView, type View } from '@meshloop/access/claims'
import type { Client } from '@meshloop/client'
import { defineProduct, id, int, text, time } from '@meshloop/contract'
import { env } from 'cloudflare:workers'
import * as fc from 'fast-check'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { derive } from '../src/derive/derivation.ts'
import { input } from '../src/derive/input.ts'
import { exportsOf, feedOf } from '../src/derive/feed.ts'
import { derivationTables } from '../src/derive/derivation-tables.ts'
import { runStep } from '../src/derive/run.ts'
import { serve } from '../src/serve.ts'
import { setUp, type Bench } from '../src/testing/bench.ts'
import { tablesOf } from '../src/table/tables.ts'
import { dearRuns } from '../src/testing/runs.ts'
import { bucket } from './exports-world.ts'
import { makeTables } from './make-tables.ts'
import { clientOf, type Swapped } from './reader-over-http.ts'

const { C, DB } = env as unknown as Record<'C' | 'DB', D1Database> // bound in vitest.config.ts
const frame = {
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
  key: ['k'],
  eventTime: 'at',
  versionBy: 'note',
} as const
const fields = { k: id('K'), at: time('T'), note: int('N') }
const events = defineProduct({
  ...frame,
  id: 'a.events',
  fields: { ...fields, secret: text('S', { class: 'sensitive', nullable: true }) },
  exports: { every: 'PT10M' },
})
const out = defineProduct({ ...frame, fields, id: 'b.last', inputs: [{ product: 'a.events', major: 1 }] })
const derivation = derive({
  out,
  key: ['k'],
  inputs: { events: input(events, { by: ['k'], fields: ['at', 'note'], last: 1 }) },
  build: ({ k }, { events: [event] }) => event && { k, at: event.at, note: event.note },
})
const worker = serve({ contract: events })
const ref = { product: events.id, major: 1 }
/** Everything but what is sensitive: its changes can be followed, and files hold more. */
const partly: Omit<View, 'id'> = { columns: ['k', 'at', 'note'], rows: [] }
const row = (k: string, note: number, month = 1) => ({ k, at: `2026-0${month}-01T00:00:00.000Z`, note })
const sent = (k: string, note: number, month?: number) => ({ ...row(k, note, month), secret: null })

let bench: Bench
beforeAll(async () => {
  bench = await setUp(worker, events)
})
const begin = async () => {
  await makeTables(DB, worker.tables)
  await makeTables(C, [...tablesOf(out), ...derivationTables(derivation)])
  const { objects } = await bucket.list()
  if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key))
}
beforeEach(begin)

const send = async (...rows: object[]) => expect((await bench.send(rows)).status).toBe(200)
/** Writes an export, as if the time for it had come. */
const exported = async () => {
  await DB.prepare(`UPDATE _exports SET begun_at = '2026-01-01' || substr(begun_at, 11)`).run()
  await worker.scheduled({} as ScheduledController, bench.env)
}
/** The input's database as it is; set back to it, it is in another life: so its owner does. */
async function kept(): Promise<() => Promise<void>> {
  const tables = await Promise.all(
    worker.tables.map(async ({ name }) => {
      const { results } = await DB.prepare(`SELECT * FROM "${name}"`).all()
      return { name, results }
    }),
  )
  return async () => {
    const statements = tables.flatMap(({ name, results }) => [
      DB.prepare(`DELETE FROM "${name}"`),
      ...results.map((each) =>
        DB.prepare(
          `INSERT INTO "${name}" (${Object.keys(each).map((column) => `"${column}"`).join()}) VALUES (${Object.keys(each).map(() => '?').join()})`,
        ).bind(...Object.values(each)),
      ),
    ]) // prettier-ignore
    await DB.batch([...statements, DB.prepare('UPDATE _state SET incarnation = lower(hex(randomblob(16)))')])
  }
}
const reading = async (client: Client | Promise<Client> = clientOf(bench, events.id)) => ({
  readFeed: feedOf(await client),
  readExports: exportsOf(await client),
})
const run = async (inputs: Awaited<ReturnType<typeof reading>>, pages = 1) =>
  runStep({
    db: C,
    derivation,
    ...inputs,
    now: () => Date.now(),
    newIncarnation: () => 'one',
    bounds: { pages, pageRows: 2 },
  })
const settle = async (client?: Promise<Client>) => {
  const inputs = await reading(client)
  for (let n = 0; n < 40; n++) if ((await run(inputs, 5)).done) return
  throw new Error('the derivation does not settle')
}
const recordsOf = async (db: D1Database) =>
  (await db.prepare('SELECT k, at, note FROM records WHERE _deleted = 0 ORDER BY k').all()).results

describe('what a client reads of exports', () => {
  const newest = async (swapped?: Swapped) => {
    const client = await clientOf(bench, events.id, wholeView, swapped)
    const found = await client.exports.newest(ref)
    const one = await client.exports.read(ref, found ?? '')
    const file = one?.files.find(({ format }) => format === 'ndjson')
    if (!one || !file) throw new Error('there is no export')
    return { client, one, file }
  }

  it('is the product’s records, and where its changes go on', async () => {
    await send(sent('a', 1), sent('b', 1))
    expect(await (await clientOf(bench, events.id)).exports.newest(ref)).toBeUndefined()
    await exported()
    await send(sent('b', 2))
    const { client, one, file } = await newest()
    expect(await client.exports.file(ref, one.id, file)).toEqual([sent('a', 1), sent('b', 1)])
    const { changes } = await client.changes(ref, { after: one.changes_after, limit: 10 })
    expect(changes).toEqual([{ op: 'upsert', record: sent('b', 2) }])
    expect(await client.exports.read(ref, 'none')).toBeUndefined()
  })

  it.each<[string, (answer: { manifest: string }) => object]>([
    ['whose manifest was changed', ({ manifest }) => ({ manifest: manifest.replace(/\.e/, '.f') })],
    ['whose manifest has no signature', ({ manifest }) => ({ manifest: manifest.replace(/[^.]+$/, '') })],
    ['whose manifest is of no key of the product', ({ manifest }) => ({ manifest: `${btoa('{"alg":"EdDSA","typ":"meshloop-export+jws","kid":"x"}')}${manifest.slice(manifest.indexOf('.'))}` })],
    ['whose manifest is of another kind', ({ manifest }) => ({ manifest: `${btoa('{"alg":"EdDSA","typ":"JWT","kid":"x"}')}${manifest.slice(manifest.indexOf('.'))}` })],
  ])('is refused %s', async (_, spoil) => {
    await send(sent('a', 1))
    await exported()
    const swapped: Swapped = async (path) => {
      if (!/^\/exports\/[^/]+$/.test(path) || path.endsWith('jwks.json')) return undefined
      const answer = await bench.json<{ manifest: string }>(path)
      return Response.json({ ...answer, ...spoil(answer) })
    }
    await expect(newest(swapped)).rejects.toMatchObject({ code: 'answer_invalid' })
  }) // prettier-ignore

  it('is refused under another export’s manifest', async () => {
    await send(sent('a', 1))
    await exported()
    const { one } = await newest()
    const first = await bench.json(`/exports/${one.id}`)
    await send(sent('a', 2))
    await exported()
    const older: Swapped = (path) => (path.length > 20 && path.split('/').length === 3 && !path.endsWith('.json') ? Response.json(first) : undefined) // prettier-ignore
    await expect(newest(older)).rejects.toMatchObject({ code: 'answer_invalid' })
  })

  it.each([
    ['was changed', (text: string) => text.replace('"note":1', '"note":9')],
    ['has more', (text: string) => `${text}{"k":"more"}\n`],
    ['has less', () => ''],
  ])('is none of a file that %s on its way', async (_, spoil) => {
    await send(sent('a', 1))
    await exported()
    const { client, one, file } = await newest(async (path) =>
      path.endsWith('.ndjson') ? new Response(spoil(await (await bench.call(path)).text())) : undefined,
    )
    await expect(client.exports.file(ref, one.id, file)).rejects.toMatchObject({ code: 'answer_invalid' })
  })

  it('is nothing of a file that is gone', async () => {
    await send(sent('a', 1))
    await exported()
    const { client, one, file } = await newest()
    await bucket.delete(`files/${file.name}`)
    expect(await client.exports.file(ref, one.id, file)).toBeUndefined()
  })

  it('is nothing for a grant that shows a part', async () => {
    await send(sent('a', 1))
    await exported()
    const client = await clientOf(bench, events.id, partly)
    await expect(client.exports.newest(ref)).rejects.toMatchObject({
      problem: { code: 'exports_restricted' },
    })
  })
})

describe('a derived product of an input with exports', () => {
  it('goes on with the changes alone when the export ends before its input was restored', async () => {
    await send(sent('a', 1))
    await exported()
    const restore = await kept()
    await send(sent('b', 1))
    await settle()
    await restore()
    await settle()
    expect(await recordsOf(C)).toEqual([row('a', 1)])
  })

  it('goes on with the changes when its grant is narrowed while it is filled', async () => {
    await send(sent('a', 1, 1), sent('b', 1, 2))
    await exported()
    await run(await reading())
    await settle(clientOf(bench, events.id, partly))
    expect(await recordsOf(C)).toEqual([row('a', 1, 1), row('b', 1, 2)])
  })

  it('takes no row of a file that was exchanged', async () => {
    await send(sent('a', 1))
    await exported()
    const { objects } = await bucket.list({ prefix: 'files/' })
    for (const { key } of objects)
      await bucket.put(key, '{"k":"z","at":"2026-01-01T00:00:00.000Z","note":1}\n')
    await expect(run(await reading())).rejects.toMatchObject({ code: 'input_unavailable' })
    expect(await C.prepare('SELECT count(*) AS n FROM _in_events').first('n')).toBe(0)
  })

  it('is what its input is after any schedule of changes, exports, restores, resyncs and runs', async () => {
    const k = fc.constantFrom('a', 'b', 'c', 'd')
    const act = fc.oneof(
      { weight: 5, arbitrary: fc.record({ do: fc.constant('send' as const), k, month: fc.integer({ min: 1, max: 3 }) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), k }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('export' as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('keep' as const, 'restore' as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('clean' as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('anew' as const) }) },
      { weight: 5, arbitrary: fc.record({ do: fc.constant('run' as const) }) },
    ) // prettier-ignore
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 20 }), async (acts) => {
        await begin()
        const inputs = await reading()
        let restore = await kept()
        for (const [n, each] of acts.entries()) {
          if (each.do === 'send') await send(sent(each.k, n, each.month))
          if (each.do === 'delete') await send({ _deleted: true, k: each.k, note: n })
          if (each.do === 'export') await exported()
          if (each.do === 'keep') restore = await kept()
          if (each.do === 'restore') await restore()
          // What follows a cursor of long ago is not told any more.
          if (each.do === 'clean') await DB.prepare('UPDATE _state SET floor = seq').run()
          if (each.do === 'anew') await C.prepare(`UPDATE _progress SET cursor = cursor || 'x'`).run()
          if (each.do === 'run') await run(inputs)
        }
        await settle()
        expect(await recordsOf(C)).toEqual(await recordsOf(DB))
      }),
      dearRuns(10),
    )
  }, 600_000)
})
