/** Requests with an Idempotency-Key, and quarantined rows after a fix. */
import { beforeEach, describe, expect, it } from 'vitest'
import { judgeFor } from '../src/ingest/judge.ts'
import { IN_FLIGHT_MS, KEPT_MS, once } from '../src/ingest/idempotency.ts'
import { replay } from '../src/ingest/replay.ts'
import type { Bench } from '../src/testing/index.ts'
import { asSource, lines, openThings, thing, things } from './ingest-things.ts'

let bench: Bench
let send: ReturnType<typeof asSource>
beforeEach(async () => {
  bench = await openThings()
  send = asSource(bench)
})
const key = (text: string) => ({ 'idempotency-key': text })
const told = async (response: Response) => ({
  status: response.status,
  replayed: response.headers.get('idempotency-replayed'),
  body: await response.json<Record<string, unknown>>(),
})

describe('a request with an Idempotency-Key', () => {
  it('is answered alike each time', async () => {
    const body = `${lines(0, 3)}\n{"no":"thing"}`
    const first = await told(await send('/ingest', body, key('"one"')))
    expect(first).toMatchObject({ status: 200, replayed: null, body: { accepted: 3, quarantined: 1 } })
    const again = await told(await send('/ingest', body, key('one')))
    expect(again).toEqual({ ...first, replayed: 'true' })
    expect((await told(await send('/ingest', body, key('two')))).body).toMatchObject({ repeated: 3 })
    const other = await told(await send('/ingest', body, key('one'), 'history'))
    expect(other.body).not.toEqual(first.body)
  })

  it('is refused with another body, query or form', async () => {
    await send('/ingest', lines(0, 1), key('one'))
    for (const request of [
      () => send('/ingest', lines(0, 2), key('one')),
      () => send('/ingest?complete_up_to=2026-01-02T00:00:00.000Z', lines(0, 1), key('one')),
      () => send('/ingest', lines(0, 1), { ...key('one'), 'content-type': 'application/json' }),
    ])
      expect(await told(await request())).toMatchObject({
        status: 422,
        body: { code: 'idempotency_mismatch' },
      })
  })

  it('that was refused leaves its key free', async () => {
    expect(await told(await send('/ingest', '{', key('one')))).toMatchObject({ status: 400 })
    expect(await told(await send('/ingest', lines(0, 1), key('one')))).toMatchObject({ status: 200 })
  })

  it('waits for the first, and no longer than a minute for one that was broken off', async () => {
    const { DB } = bench.env
    const clock = { ms: Date.UTC(2026, 0, 1) }
    const keyed = { source: 's', key: 'one', sent: 'x' }
    const work = async () => ({ rejected: [], n: clock.ms })
    const never = Promise.withResolvers<{ rejected: never[]; n: number }>()
    const begun = Promise.withResolvers<undefined>()
    const broken = once(
      DB,
      () => clock.ms,
      keyed,
      () => {
        begun.resolve(undefined)
        return never.promise
      },
    )
    await begun.promise
    const again = () => once(DB, () => clock.ms, keyed, work)
    await expect(again()).rejects.toMatchObject({ code: 'idempotency_in_flight', retryAfterSeconds: 5 })
    clock.ms += IN_FLIGHT_MS + 1
    const second = await again()
    expect(second.replayed).toBe(false)
    never.resolve({ rejected: [], n: -1 }) // and it comes to its end after all
    await broken
    expect(await again()).toEqual({ answer: second.answer, replayed: true })
    clock.ms += KEPT_MS + 1
    expect(await again()).toMatchObject({ replayed: false, answer: { n: clock.ms } })
  })

  it.each(['', '"', 'a b', 'é', 'x'.repeat(65), 'a"b'])('%j is no key', async (text) => {
    const refused = await told(
      await send('/ingest', lines(0, 1), key(encodeURI(text) === text ? text : 'a b')),
    )
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ parameter: 'Idempotency-Key' }] } })
  })
})

describe('the quarantine', () => {
  const sizes: number[] = []
  const sized = (bytes: number) => void sizes.push(bytes)
  const list = async (query = '', scope: 'ingest' | 'check' = 'ingest') => {
    const headers = { authorization: `Bearer ${await bench.token(scope)}` }
    return bench.json<{
      entries: { id: string; whole: boolean; errors: { code: string }[] }[]
      next_cursor?: string
      total?: number
    }>(`/ingest/quarantine${query}`, { headers })
  }
  const bad = (n: number, more: object = {}) => thing(n, { colour: n, ...more })

  it('is listed page by page, by code and by source, and counted', async () => {
    await send('/ingest', { rows: [1, 2, 3, 4, 5].map((n) => bad(n)) })
    await send('/ingest', { rows: [thing(6, { size: 'large' })] })
    await send('/ingest', { rows: [bad(7)] }, {}, 'history')
    const seen: string[] = []
    let cursor = ''
    for (
      let page = await list('?limit=2&code=unknown_field');
      ;
      page = await list(`?limit=2&code=unknown_field${cursor}`)
    ) {
      if (cursor === '') expect(page.total).toBe(5)
      else expect(page).not.toHaveProperty('total')
      seen.push(...page.entries.map(({ id }) => id))
      if (page.next_cursor === undefined) break
      cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`
    }
    expect([seen.length, new Set(seen).size]).toEqual([5, 5])
    expect(await list('?code=wrong_type')).toMatchObject({ total: 1 })
    expect(await list('', 'check')).toMatchObject({ total: 7 })
    const ofHistory = await list('?source=history', 'check')
    expect(ofHistory).toMatchObject({ total: 1, entries: [{ source: 'history' }] })
    expect(ofHistory.entries[0]).not.toHaveProperty('row')
    const headers = { authorization: `Bearer ${await bench.token('ingest')}` }
    expect((await bench.call('/ingest/quarantine?source=history', { headers })).status).toBe(400)
    expect((await bench.call('/ingest/quarantine?cursor=nonsense', { headers })).status).toBe(400)
  })

  it('is judged again by the contract of today: what fits is in and gone, what does not stays with its reasons', async () => {
    await send('/ingest', {
      rows: [bad(1), bad(2), { ...bad(3), size: 'x' }, bad(4, { note: 'x'.repeat(30_000) })],
    })
    await send('/ingest', { rows: [bad(9)] }, {}, 'history')
    const fixed = { ...things, fields: { ...things.fields, colour: things.fields.size } }
    await bench.env.DB.prepare('ALTER TABLE records ADD COLUMN colour INTEGER').run()
    const ingest = {
      db: bench.env.DB,
      contract: fixed,
      judge: judgeFor(fixed),
      sources: { 'over-http': { over: 'http' as const }, history: { over: 'http' as const } },
      expected: [],
      now: () => Date.UTC(2027, 0),
      newIncarnation: () => 'one',
    }
    const [one] = (await list('?limit=1000')).entries
    expect(await replay(ingest, 'history', { ids: [one?.id ?? ''] }, sized)).toMatchObject({
      accepted: 0,
      left: 1,
    })
    expect(await replay(ingest, 'over-http', {}, sized)).toEqual({
      accepted: 2,
      repeated: 0,
      quarantined: 1,
      left: 2,
    })
    expect(sizes.every((bytes) => bytes > 0) && sizes.length).toBe(2)
    const { entries } = await list()
    expect(entries.map(({ whole, errors }) => `${whole} ${errors[0]?.code}`).toSorted()).toEqual([
      'false unknown_field',
      'true wrong_type',
    ])
    expect(await list('?source=history', 'check')).toMatchObject({ total: 1 })
    expect(await replay(ingest, 'over-http', {}, sized)).toMatchObject({
      accepted: 0,
      quarantined: 1,
      left: 2,
    })
  })

  it('comes to rows behind a thousand that fit no better', async () => {
    await send('/ingest', Array.from({ length: 1_001 }, (_, n) => JSON.stringify(bad(n))).join('\n'))
    // What is refused today, and would be taken: it came after them.
    const fits = JSON.stringify(thing(5_000))
    await bench.env.DB.prepare(
      "INSERT INTO _quarantine (id, source, received_at, errors, row, whole) VALUES ('fits', 'over-http', '2999-01-01T00:00:00.000Z', '[]', ?1, 1)",
    )
      .bind(fits)
      .run()
    const again = async (more: object) =>
      (await told(await send('/ingest/quarantine/replay', { all: true, ...more }))).body
    const first = await again({})
    expect(first).toMatchObject({ accepted: 0, quarantined: 1_000, left: 1_002 })
    const second = await again({ cursor: first['next_cursor'] })
    expect(second).toEqual({ accepted: 1, repeated: 0, quarantined: 1, left: 1_001 })
    expect(await told(await send('/ingest/quarantine/replay', { all: true, cursor: 'x' }))).toMatchObject({ body: { code: 'cursor_invalid' } }) // prettier-ignore
  })

  it('with a number that JSON cannot hold does not become a row without a value', async () => {
    await send('/ingest', JSON.stringify(thing(1)).replace('"size":1', '"size":1e999'))
    expect((await list()).entries.map(({ whole }) => whole)).toEqual([false])
    expect(await told(await send('/ingest/quarantine/replay', { all: true }))).toMatchObject({
      body: { accepted: 0, left: 1 },
    })
  })

  it('over HTTP is judged again by its own source, or given up', async () => {
    await send('/ingest', { rows: [bad(1), bad(2)] })
    const [one] = (await list()).entries
    const all = await told(await send('/ingest/quarantine/replay', { all: true }))
    expect(all).toMatchObject({ status: 200, body: { accepted: 0, quarantined: 2, left: 2 } })
    const discard = async (source?: string) =>
      (await told(await send('/ingest/quarantine/discard', { ids: [one?.id] }, {}, source))).body
    expect(await discard('history')).toEqual({ discarded: 0, left: 0 })
    expect(await discard()).toEqual({ discarded: 1, left: 1 })
    expect(await discard()).toEqual({ discarded: 0, left: 1 })
    for (const body of [{}, { ids: [] }, { all: false }, { ids: ['a'], all: true }, []])
      expect(await told(await send('/ingest/quarantine/replay', body))).toMatchObject({
        body: { code: 'body_malformed' },
      })
    expect(await told(await send('/ingest/quarantine/replay', { all: true }, {}, 'stranger'))).toMatchObject({
      status: 403,
    })
  })
})
