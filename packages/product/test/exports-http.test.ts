import { viewOf } from '@meshloop/access/claims'
import { defineProduct, id, int, text, time } from '@meshloop/contract'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { env } from 'cloudflare:workers'
import { serve } from '../src/serve.ts'
import { setUp, type Bench } from '../src/testing/bench.ts'
import { tablesOf } from '../src/table/tables.ts'
import { bucket } from './exports-world.ts'
import { makeTables } from './make-tables.ts'

const { DB } = env as unknown as { DB: D1Database } // bound in vitest.config.ts
const contract = defineProduct({
  id: 'a.parcels',
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  fields: {
    k: id('K'),
    at: time('T'),
    rev: int('V'),
    note: text('N', { class: 'sensitive', nullable: true }),
  },
  key: ['k'],
  eventTime: 'at',
  versionBy: 'rev',
  exports: {},
  freshness: 'PT5M',
})
const worker = serve({ contract })
const parcel = (n: number, rev = 1) => ({
  k: `k${n}`,
  at: `2026-0${1 + (n % 3)}-01T00:00:00.000Z`,
  rev,
  note: '🎁',
})

interface Listed {
  readonly exports: readonly { readonly id: string; readonly rows: number }[]
}
interface One {
  readonly id: string
  readonly manifest: string
  readonly changes_after: string
  readonly files: readonly { name: string; format: string; bytes: number; sha256: string }[]
}

let bench: Bench
const cron = async () => worker.scheduled({} as ScheduledController, bench.env)
/** The export of ten parcels, and the address of its first Parquet file. */
async function made() {
  const sent = await bench.send(Array.from({ length: 10 }, (_, n) => parcel(n)))
  expect(sent.status, await sent.text()).toBe(200)
  await cron()
  const { exports } = await bench.json<Listed>('/exports')
  const one = await bench.json<One>(`/exports/${exports[0]?.id}`)
  const file = one.files[0] ?? { name: '', bytes: 0, sha256: '' }
  return { one, file, path: `/exports/${one.id}/${file.name}` }
}
const code = async (response: Response) => [response.status, (await response.json<{ code: string }>()).code]

beforeAll(async () => {
  bench = await setUp(worker, contract)
})
afterEach(() => void vi.restoreAllMocks())
beforeEach(async () => {
  await makeTables(DB, tablesOf(contract))
})

describe('exports over HTTP', () => {
  it('are listed, told one by one, and read file by file', async () => {
    const { one, file, path } = await made()
    expect(one.files.length).toBe(6)
    const response = await bench.call(path)
    const bytes = await response.arrayBuffer()
    expect(new TextDecoder().decode(bytes.slice(0, 4))).toBe('PAR1')
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/vnd.apache.parquet',
      'content-length': String(file.bytes),
      'accept-ranges': 'bytes',
      etag: `"${file.sha256}"`,
    })
    expect(bytes.byteLength).toBe(file.bytes)
  })

  it.each([
    ['bytes=0-3', 206, 'bytes 0-3/', 4],
    ['bytes=2-', 206, 'bytes 2-', -2],
    ['bytes=-4', 206, 'bytes ', 4],
    ['bytes=0-99999999', 206, 'bytes 0-', 0],
    ['bytes=3-2', 200, null, 0],
    ['bytes=0-1,3-4', 200, null, 0],
    ['lines=0-1', 200, null, 0],
    ['bytes=-', 200, null, 0],
  ])('answers the range %s with %i', async (range, status, told, length) => {
    const { file, path } = await made()
    const whole = new Uint8Array(await (await bench.call(path)).arrayBuffer())
    const response = await bench.call(path, { headers: { range } })
    const bytes = new Uint8Array(await response.arrayBuffer())
    expect(response.status).toBe(status)
    expect(response.headers.get('content-range')?.startsWith(told ?? '') ?? null).toBe(
      told === null ? null : true,
    )
    const expected = length > 0 ? length : file.bytes + length
    expect(bytes.length).toBe(expected)
    expect(bytes).toEqual(range === 'bytes=0-3' ? whole.slice(0, 4) : whole.slice(-expected))
  })

  it('answers what the file has not with its size, and another file whole', async () => {
    const { file, path } = await made()
    const beyond = await bench.call(path, { headers: { range: `bytes=${file.bytes}-` } })
    expect(beyond.headers.get('content-range')).toBe(`bytes */${file.bytes}`)
    expect(await code(beyond)).toEqual([416, 'range_not_satisfiable'])
    const ifRange = async (etag: string) =>
      (await bench.call(path, { headers: { range: 'bytes=0-1', 'if-range': etag } })).status
    expect([await ifRange(`"${file.sha256}"`), await ifRange('"other"')]).toEqual([206, 200])
    const known = await bench.call(path, { headers: { 'if-none-match': `"${file.sha256}"` } })
    expect(known.status).toBe(304)
    const head = await bench.call(path, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([
      200,
      String(file.bytes),
      '',
    ])
  })

  it('have a manifest that anybody can verify', async () => {
    const { one } = await made()
    const { keys } = await bench.json<{ keys: JsonWebKey[] }>('/exports/jwks.json', {
      headers: { authorization: '' },
    })
    const [header = '', content = '', signature = ''] = one.manifest.split('.')
    const read = (part: string) => Uint8Array.fromBase64(part, { alphabet: 'base64url' })
    const key = await crypto.subtle.importKey('jwk', keys[0] ?? { kty: 'none' }, 'Ed25519', false, ['verify'])
    const verify = (text_: string) =>
      crypto.subtle.verify('Ed25519', key, read(signature), new TextEncoder().encode(text_))
    expect(await verify(`${header}.${content}`)).toBe(true)
    expect(await verify(`${header}.${content}x`)).toBe(false)
    expect(JSON.parse(new TextDecoder().decode(read(header)))).toMatchObject({ typ: 'meshloop-export+jws' })
    const manifest = JSON.parse(new TextDecoder().decode(read(content))) as { files: unknown }
    expect(manifest.files).toEqual(one.files)
    expect(await (await bucket.get(`manifests/${one.id}.jws`))?.text()).toBe(one.manifest)
  })

  it('lead on to the changes after them', async () => {
    const { one } = await made()
    await bench.send([parcel(3, 2), { k: 'k4', rev: 2, _deleted: true }])
    const { changes } = await bench.json<{ changes: { op: string }[] }>(`/changes?after=${one.changes_after}`)
    expect(changes.map(({ op }) => op)).toEqual(['upsert', 'delete'])
    const other = await bench.token('read', { sub: 'another.consumer' })
    const headers = { authorization: `Bearer ${other}` }
    expect(await code(await bench.call(`/changes?after=${one.changes_after}`, { headers }))).toEqual([
      400,
      'cursor_invalid',
    ])
  })

  it('who cannot go on in the feed is told of the newest', async () => {
    const { one } = await made()
    const { next_cursor } = await bench.json<{ next_cursor: string }>('/changes?limit=3')
    await DB.prepare(`UPDATE _state SET incarnation = 'two'`).run()
    const response = await bench.call(`/changes?after=${next_cursor}`)
    const problem: { code: string; detail: string } = await response.json()
    expect([response.status, problem.code]).toEqual([410, 'resync_required'])
    expect(problem.detail).toContain(`${bench.env.BASE_URL}/exports/${one.id}.`)
  })

  it('but not who may not read it: its name says when something was written, hidden or not', async () => {
    const { one } = await made()
    const view = await viewOf({ columns: ['k', 'at', 'rev'], rows: [] })
    const headers = { authorization: `Bearer ${await bench.token('read', { view })}` }
    const { next_cursor } = await bench.json<{ next_cursor: string }>('/changes?limit=3', { headers })
    await DB.prepare(`UPDATE _state SET incarnation = 'two'`).run()
    const response = await bench.call(`/changes?after=${next_cursor}`, { headers })
    expect([response.status, (await response.text()).includes(one.id)]).toEqual([410, false])
  })

  it.each([
    ['some rows', { columns: null, rows: [{ field: 'k', op: 'eq', value: 'k1' }] }],
    ['some fields', { columns: ['k', 'at', 'rev'], rows: [] }],
  ] as const)('are closed to a view of %s', async (_, view) => {
    const { one, path } = await made()
    const authorization = `Bearer ${await bench.token('read', { view: await viewOf(view) })}`
    for (const each of ['/exports', `/exports/${one.id}`, path, '/exports/none', `${path}x`]) {
      const response = await bench.call(each, { headers: { authorization } })
      expect(await code(response), each).toEqual([403, 'exports_restricted'])
    }
  })

  it.each([
    '/exports/none',
    '/exports/none/file.parquet',
    '/exports/{id}/none',
    '/exports/{id}/..%2Fmanifests',
  ])('%s is not found', async (path) => {
    const { one } = await made()
    expect(await code(await bench.call(path.replace('{id}', one.id)))).toEqual([404, 'export_not_found'])
  })

  it('are not served from a bucket that somebody else has written to, nor are parts of them', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { file, path } = await made()
    const name = `files/${file.name}`
    const forged = new Uint8Array(file.bytes)
    for (const sha256 of [undefined, await crypto.subtle.digest('SHA-256', forged)]) {
      await bucket.put(name, forged, sha256 ? { sha256 } : {})
      for (const headers of [{}, { range: 'bytes=0-3' }])
        expect(await code(await bench.call(path, { headers }))).toEqual([500, 'internal'])
    }
  })

  it('a Worker without a bucket says so, and does its other chores', async () => {
    await bench.send([parcel(1)])
    const { EXPORTS: _bucket, ...unbound } = bench.env
    const failing = serve({ contract }).scheduled({} as ScheduledController, unbound)
    await expect(failing).rejects.toThrow('failed: exports')
    expect(await DB.prepare('SELECT count(*) AS n FROM _marks').first()).toEqual({ n: 2 })
  })
})
