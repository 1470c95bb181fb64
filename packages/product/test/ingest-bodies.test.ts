/** Bodies of ingest: streamed, packed, broken off, and made to do harm. */
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { MAX_BATCH_ROWS, MAX_STREAM_ROWS } from '../src/limits.ts'
import { storing } from '../src/store/stored-row.ts'
import type { Bench } from '../src/testing/index.ts'
import { asSource, lines, openThings, thing, things } from './ingest-things.ts'

let bench: Bench
let send: ReturnType<typeof asSource>
beforeEach(async () => {
  bench = await openThings()
  send = asSource(bench)
})

const gzip = { 'content-encoding': 'gzip' }
const packed = (text: string) => new Uint8Array(gzipSync(text))
const stored = () => bench.env.DB.prepare('SELECT count(*) AS n FROM records').first<number>('n')

describe('a streamed body', () => {
  it('is taken in batches, its claim with the last', async () => {
    const rows = 2 * MAX_BATCH_ROWS + 10
    const claim = '?complete_up_to=2026-02-01T00:00:00.000Z'
    const outcome = await (await send(`/ingest${claim}`, lines(0, rows))).json()
    expect(outcome).toMatchObject({ accepted: rows, repeated: 0, quarantined: 0 })
    expect(await bench.json('/status')).toMatchObject({ progress: expect.arrayContaining([expect.objectContaining({ name: 'over-http', as_of: '2026-02-01T00:00:00.000Z' })]) }) // prettier-ignore
    expect(await (await send('/ingest', lines(0, rows))).json()).toMatchObject({
      accepted: 0,
      repeated: rows,
    })
  })

  it('that breaks off keeps the batches before, says how many rows, claims nothing, and may be sent again', async () => {
    const body = `${lines(0, MAX_BATCH_ROWS + 5)}\n{"thing_id":`
    const refused = await send('/ingest?complete_up_to=2026-02-01T00:00:00.000Z', body)
    expect([refused.status, await refused.json()]).toMatchObject([
      400,
      {
        code: 'body_malformed',
        taken: { accepted: MAX_BATCH_ROWS, repeated: 0, quarantined: 0 },
        errors: [{ pointer: `/${MAX_BATCH_ROWS + 5}` }],
      },
    ])
    expect(await stored()).toBe(MAX_BATCH_ROWS)
    expect(await bench.json('/status')).toMatchObject({ as_of: null })
    const again = await send('/ingest', lines(0, MAX_BATCH_ROWS + 5))
    expect(await again.json()).toMatchObject({ accepted: 5, repeated: MAX_BATCH_ROWS })
  })

  it.each([
    ['NDJSON', {}, lines(0, MAX_BATCH_ROWS + 5), MAX_BATCH_ROWS],
    ['gzip', gzip, packed(lines(0, MAX_BATCH_ROWS * 4)).slice(0, -100), undefined],
    ['JSON', { 'content-type': 'application/json' }, JSON.stringify({ rows: [thing(1)] }).slice(0, -1), 0],
  ] as const)('whose sender goes away is no fault of the database: %s', async (_, headers, body, taken) => {
    const logged = vi.spyOn(console, 'error')
    const sent = typeof body === 'string' ? new TextEncoder().encode(body) : body
    let whole = false
    const upload = new ReadableStream({
      pull(controller) {
        if (whole) controller.error(new Error('Network connection lost.')) // as workerd says it
        else controller.enqueue(sent)
        whole = true
      },
    })
    const refused = await send('/ingest', upload, headers)
    expect([refused.status, await refused.json()]).toMatchObject([400, { code: 'body_malformed' }])
    expect(refused.headers.get('retry-after')).toBeNull()
    expect(logged).not.toHaveBeenCalled()
    expect(((await stored()) ?? 0) % MAX_BATCH_ROWS).toBe(0)
    if (taken !== undefined) expect(await stored()).toBe(taken)
    expect(await (await send('/ingest', lines(0, 1))).json()).toMatchObject({ quarantined: 0 })
  })

  it('says where in all of it a row was rejected', async () => {
    const body = `${lines(0, MAX_BATCH_ROWS)}\n{}`
    expect(await (await send('/ingest', body)).json()).toMatchObject({
      quarantined: 1,
      rejected: [{ index: MAX_BATCH_ROWS }],
    })
  })

  it('has a bounded number of rows', async () => {
    const row = JSON.stringify(thing(1))
    const refused = await send('/ingest', packed(`${row}\n`.repeat(MAX_STREAM_ROWS + 1)), gzip)
    expect(await refused.json()).toMatchObject({
      code: 'body_too_large',
      taken: { accepted: 1, repeated: MAX_STREAM_ROWS - 1 },
    })
  })
})

describe('a packed body', () => {
  it('is read as it would be unpacked', async () => {
    expect(await (await send('/ingest', packed(lines(0, 3)), gzip)).json()).toMatchObject({ accepted: 3 })
    const json = packed(JSON.stringify({ rows: [thing(7)] }))
    const headers = { ...gzip, 'content-type': 'application/json' }
    expect(await (await send('/ingest', json, headers)).json()).toMatchObject({ accepted: 1 })
  })

  // A megabyte that is a gigabyte unpacked: a member of ten megabytes again and again.
  const bomb = (part: string) => {
    const member = packed(part.repeat(10_000_000 / part.length))
    const all = new Uint8Array(member.byteLength * 100)
    for (let i = 0; i < 100; i++) all.set(member, i * member.byteLength)
    return all
  }
  const half = packed(lines(0, 100)).slice(0, 200)
  it.each<[string, Uint8Array<ArrayBuffer>, Record<string, string>, number, string]>([
    ['a gigabyte of lines', bomb('\n'), gzip, 413, 'body_too_large'],
    ['a gigabyte in one line', bomb('x'), gzip, 413, 'body_too_large'],
    ['a gigabyte of JSON', bomb('['), { ...gzip, 'content-type': 'application/json' }, 413, 'body_too_large'],
    ['half of it', half, gzip, 400, 'body_malformed'],
    ['no gzip', new Uint8Array(new TextEncoder().encode(lines(0, 1))), gzip, 400, 'body_malformed'],
    ['another encoding', packed('{}'), { 'content-encoding': 'br' }, 415, 'encoding'],
    ['twice packed', packed('{}'), { 'content-encoding': 'gzip, gzip' }, 415, 'encoding'],
  ])('of %s is refused', async (_, body, headers, status, code) => {
    const refused = await send('/ingest', body, headers)
    expect([refused.status, await refused.json()]).toMatchObject([status, { code }])
    expect(refused.headers.get('accept-encoding')).toBe(status === 415 ? 'gzip' : null)
    expect(await stored()).toBe(0)
  })
})

describe('what is sent', () => {
  const row = (text: string) => `{"thing_id":"t1","at":"2026-01-01T00:00:00.000Z",${text}}`
  it.each<[string, string, object]>([
    ['a member twice: the last counts', row('"size":1,"size":2'), { accepted: 1 }],
    ['a member that inherits', row('"__proto__":{"size":1}'), { rejected: [{ errors: [{ code: 'unknown_field' }] }] }],
    ['a lone surrogate', row(String.raw`"note":"\ud800"`), { rejected: [{ errors: [{ code: 'malformed', field: 'note' }] }] }],
    ['a lone surrogate in a name', row(String.raw`"\udc00":1`), { rejected: [{ errors: [{ code: 'unknown_field' }] }] }],
    ['NUL', row(String.raw`"note":"a\u0000"`), { rejected: [{ errors: [{ code: 'malformed', field: 'note' }] }] }],
    ['a whole number beyond what is exact', row('"size":9007199254740993'), { quarantined: 1 }],
    ['a number beyond all', row('"size":1e999'), { quarantined: 1 }],
    ['blank lines', `\n\n${row('"size":1')}\r\n  \n`, { accepted: 1, quarantined: 0 }],
    ['nothing', '', { accepted: 0, repeated: 0, quarantined: 0 }],
    ['a text of three-byte characters, up to the limit', row(`"note":"${'語'.repeat(533_000)}"`), { accepted: 1 }],
    ['a text of three-byte characters, over the database’s limit', row(`"note":"${'語'.repeat(534_000)}"`), { rejected: [{ errors: [{ code: 'too_large' }] }] }],
  ])('%s', async (_, body, outcome) => {
    const answer = await send('/ingest', body)
    expect([answer.status, await answer.json()]).toMatchObject([200, outcome])
  }) // prettier-ignore

  it('in UTF-8 throughout, also where a character is cut in two', async () => {
    const bytes = new TextEncoder().encode(JSON.stringify(thing(1, { note: 'é語😀' })))
    const parts = (all: Uint8Array) =>
      new ReadableStream({
        start(controller) {
          for (const byte of all) controller.enqueue(new Uint8Array([byte]))
          controller.close()
        },
      })
    expect(await (await send('/ingest', parts(bytes))).json()).toMatchObject({ accepted: 1 })
    expect(await bench.json('/records')).toMatchObject({ records: [{ note: 'é語😀' }] })
    const refused = await send('/ingest', parts(bytes.slice(0, bytes.indexOf(0xf0) + 2)))
    expect(await refused.json()).toMatchObject({ code: 'body_malformed' })
  })

  it('in rows as wide as may be is written in chunks that the database takes', async () => {
    const wide = Array.from({ length: 6 }, (_, n) => JSON.stringify(thing(n, { note: '語'.repeat(230_000) })))
    expect(await (await send('/ingest', wide.join('\n'))).json()).toMatchObject({ accepted: 6 })
  })
})

it('keeps the hashes of every version of this runtime', () => {
  const { hash, text } = storing(things).record(thing(1, { note: 'é"\\' }))
  const canonical = '["t1","2026-01-01T00:00:01.000Z",1,"é\\"\\\\"]'
  expect(hash).toBe(createHash('sha256').update(canonical).digest('base64url').slice(0, 22))
  expect(hash).toBe('ju_E-SoPQ1IwNzZ61Kcs31')
  expect(JSON.parse(text)).toEqual([
    ...(JSON.parse(canonical) as unknown[]),
    '2026-01-01T00:00:01.000Z',
    hash,
    0,
  ])
})
