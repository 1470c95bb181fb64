/** Dear answers from the cache of a location: found by other isolates, by nobody else, and never after a write. */
import { viewOf, wholeView, type View } from '@meshloop/access/claims'
import { defineProduct, id, int, oneOf, time, type Contract } from '@meshloop/contract'
import * as fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { answersKey, openAnswer, sealAnswer } from '../src/memo/sealed-answer.ts'
import { serve } from '../src/serve.ts'
import { setUp, type Bench } from '../src/testing/bench.ts'
import { dearRuns } from '../src/testing/runs.ts'
import { makeTables } from './make-tables.ts'

const of = (version: `1.${number}.0`, title = 'T'): Contract =>
  defineProduct({
    id: 'a.shared',
    version,
    title,
    purpose: 'p',
    owner: { team: 't', support: 's@t.example' },
    freshness: 'PT5M',
    fields: {
      k: id('K', { class: 'public' }),
      at: time('T', { class: 'public' }),
      n: int('N', { class: 'public' }),
      shop: oneOf(['a', 'b'], 'S', { class: 'public' }),
    },
    key: ['k'],
    eventTime: 'at',
    versionBy: 'n',
    indexes: ['shop'],
    measures: { all: { means: 'All', count: true }, highest: { means: 'Highest', max: 'n' } },
    dimensions: ['shop', 'at'],
  })
const contract = of('1.0.0')
const at = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString()
const rowOf = (n: number, version = n) => ({ k: `k${n}`, at: at(n), n: version, shop: 'ab'[n % 2] })
const ROWS = 1_200
const path = '/aggregate?measures=all,highest&by=shop'

/** Another isolate on the same database: it remembers nothing yet. */
const isolate = async (its: Contract = contract, trustMs = '1000'): Promise<Bench> =>
  setUp(serve({ contract: its }), its, ['over-http'], its, trustMs)

let bench: Bench
beforeEach(async () => {
  bench = await isolate()
  await makeTables(bench.env.DB, bench.worker.tables)
  const all = Array.from({ length: ROWS }, (_, n) => rowOf(n))
  for (let from = 0; from < ROWS; from += 400)
    await bench.send(all.slice(from, from + 400), { completeUpTo: at(ROWS) })
})

const asking = async (sub = 'a.reader', view: View = wholeView, scope: 'read' | 'aggregate' = 'read') => ({
  authorization: `Bearer ${await bench.token(scope, { view, sub, client_id: sub })}`,
})
const timingOf = (response: Response) => response.headers.get('server-timing') ?? ''
const isHit = (response: Response) => timingOf(response).startsWith('cache;desc="hit"')

/** The cache, and the name of the only entry that `ask` puts into it. */
async function putting(ask: () => Promise<unknown>): Promise<{ cache: Cache; name: string }> {
  const cache = await caches.open('meshloop-answers')
  const names: string[] = []
  const open = caches.open.bind(caches)
  const spied = { match: cache.match.bind(cache), put: async (name: string, response: Response) => {
    names.push(name)
    await cache.put(name, response)
  } } // prettier-ignore
  Object.defineProperty(caches, 'open', { configurable: true, value: async () => spied })
  await ask()
  Object.defineProperty(caches, 'open', { configurable: true, value: open })
  return { cache, name: names[0] ?? '' }
}

describe('a dear answer', () => {
  it('is found by another isolate for the row of the standing, and then remembered there', async () => {
    const headers = await asking()
    const first = await bench.call(path, { headers })
    expect(isHit(first)).toBe(false)
    const other = await isolate()
    const again = await other.call(path, { headers })
    expect(timingOf(again)).toBe('cache;desc="hit", rows_read;desc="1", rows_written;desc="0"')
    expect(await again.text()).toBe(await first.text())
    for (const name of ['etag', 'content-type', 'meshloop-as-of', 'meshloop-truncated', 'cache-control'])
      expect(again.headers.get(name), name).toBe(first.headers.get(name))
    expect(timingOf(await other.call(path, { headers }))).toMatch(/^memo;desc="hit", rows_read;desc="0"/)
    const etag = first.headers.get('etag') ?? ''
    const third = await isolate()
    const unchanged = await third.call(path, { headers: { ...headers, 'if-none-match': etag } })
    expect([unchanged.status, isHit(unchanged)]).toEqual([304, true])
  })

  it('is shared by all orders of its parameters, as are its cursors', async () => {
    const headers = await asking()
    const a = '/aggregate?by=at&sort=-highest&limit=2&n[lte]=900&n[gte]=1'
    const b = '/aggregate?n[gte]=1&n[lte]=900&limit=2&sort=-highest&by=at'
    const first = await bench.json<{ next_cursor: string }>(a, { headers })
    expect(timingOf(await bench.call(b, { headers }))).toMatch(/^memo/)
    const other = await isolate()
    const same = await other.call(b, { headers })
    expect(isHit(same)).toBe(true)
    expect(await same.json()).toEqual(first)
    const next = `&cursor=${first.next_cursor}`
    const pages = await Promise.all([a, b].map(async (each) => other.json(each + next, { headers })))
    expect(pages[0]).toEqual(pages[1])
    const link = /<https:\/\/data.test\/a\/shared\/v1([^>]+)>/.exec(same.headers.get('link') ?? '')?.[1]
    expect(await other.json(link ?? '', { headers })).toEqual(pages[0])
  })

  it('is found by nobody else, and for nothing else', async () => {
    const headers = await asking()
    await bench.call(path, { headers })
    const rows = await viewOf({ columns: null, rows: [{ field: 'shop', op: 'eq', value: 'a' }] })
    const others: readonly [string, Record<string, string>, Contract?][] = [
      [path, await asking('another.reader')],
      [path, await asking('a.reader', rows)],
      [path, await asking('a.reader', await viewOf({ columns: ['k', 'at', 'n', 'shop'], rows: [] }))],
      [path, await asking('a.reader', wholeView, 'aggregate')],
      [path, { ...headers, accept: 'text/csv' }],
      [path, { ...headers, prefer: 'count=exact' }],
      [path, { ...headers, 'cache-control': 'no-cache' }],
      [path, { ...headers, 'cache-control': 'no-store' }],
      [path, headers, of('1.1.0', 'Another')],
      [`${path}&shop=a`, headers],
    ]
    for (const [asked, sent, its] of others) {
      const other = await isolate(its)
      const response = await other.call(asked, { headers: sent })
      expect([asked, response.status, isHit(response)]).toEqual([asked, 200, false])
    }
    expect(isHit(await (await isolate()).call(path, { headers }))).toBe(true)
    expect(isHit(await (await isolate(contract, '0')).call(path, { headers }))).toBe(false)
  })

  it('is another after a write, in the isolate that wrote and in a new one', async () => {
    const headers = await asking()
    await bench.call(path, { headers })
    await bench.send([rowOf(0, 5_000)])
    const seen = (answer: Record<string, unknown>) => JSON.stringify(answer).includes('"highest":5000')
    expect(seen(await bench.json(path, { headers }))).toBe(true)
    const other = await isolate()
    expect(seen(await other.json(path, { headers }))).toBe(true)
  })

  it('is judged anew: data that has grown too old is refused from there too', async () => {
    const headers = await asking()
    const old = `${path}&max_staleness=P10000D`
    await bench.call(old, { headers })
    const other = await isolate()
    const found = await other.call(old, { headers })
    expect([found.status, isHit(found)]).toEqual([200, true])
    const { name, cache } = await putting(async () => bench.call(`${path}&max_staleness=PT1M`, { headers }))
    expect(name).not.toBe('')
    expect(await cache.match(name)).toBeDefined()
    expect((await (await isolate()).call(`${path}&max_staleness=PT1M`, { headers })).status).toBe(503)
  })

  it('is left nowhere where it says no-store, and where it is cheap', async () => {
    const headers = await asking()
    const quiet = await putting(async () =>
      bench.call(path, { headers: { ...headers, 'cache-control': 'no-store' } }),
    )
    expect(quiet.name).toBe('')
    const cheap = await putting(async () => bench.call('/aggregate?by=shop&k=k1', { headers }))
    expect(cheap.name).toBe('')
    const page = await putting(async () => bench.call('/records?limit=1000&sort=-n', { headers }))
    expect(page.name).toBe('')
  })
})

describe('what lies in the cache', () => {
  it('cannot be read there, and is no answer when it was changed, cut off or moved', async () => {
    const headers = await asking()
    const { cache, name } = await putting(async () => bench.call(path, { headers }))
    const lying = async () => new Uint8Array((await (await cache.match(name))?.arrayBuffer()) ?? [])
    const sealed = await lying()
    expect(new TextDecoder().decode(sealed)).not.toMatch(/groups|highest|shop/)
    const put = async (under: string, bytes: Uint8Array<ArrayBuffer>) =>
      cache.put(under, new Response(bytes, { headers: { 'cache-control': 'max-age=60' } }))
    const flipped = sealed.with(sealed.length - 1, (sealed.at(-1) ?? 0) ^ 1)
    const elsewhere = await putting(async () => bench.call('/aggregate?measures=all', { headers }))
    const moved = new Uint8Array((await (await cache.match(elsewhere.name))?.arrayBuffer()) ?? [])
    const forged = await sealAnswer(
      await answersKey(new Uint8Array(32)),
      name,
      { made: { standing: { seq: 0, incarnation: '', as_of: null }, body: new Uint8Array(), etag: '"e"' }, fields: [], rowsRead: 0, readAt: Date.now() },
      (nonce) => nonce,
    ) // prettier-ignore
    for (const bytes of [flipped, sealed.slice(0, -7), sealed.slice(0, 9), new Uint8Array(), moved, forged]) {
      await put(name, bytes)
      const response = await (await isolate()).call(path, { headers: { ...headers, prefer: '' } })
      expect(response.status).toBe(200)
      const answered = await (await isolate()).call(path, { headers })
      expect([answered.status, isHit(answered)]).toEqual([200, false])
    }
    await put(name, sealed)
    expect(isHit(await (await isolate()).call(path, { headers }))).toBe(true)
  })

  it('opens as it was sealed, under its name alone', async () => {
    const key = await answersKey(new Uint8Array(32))
    const text = fc.string({ unit: 'grapheme' })
    await fc.assert(
      fc.asyncProperty(text, text, fc.uint8Array(), async (name, etag, body) => {
        const made = { standing: { seq: 1, incarnation: 'i', as_of: null }, body: new Uint8Array(body), etag }
        const dated = { made, fields: [name], rowsRead: 1, readAt: 2 }
        const sealed = await sealAnswer(key, name, dated, (nonce) => crypto.getRandomValues(nonce))
        expect(await openAnswer(key, name, sealed)).toEqual(dated)
        await expect(openAnswer(key, `${name}.`, sealed)).rejects.toMatchObject({ name: 'OperationError' })
      }),
    )
  })
})

it('never fails a request', async () => {
  const open = caches.open.bind(caches)
  const failing = async (): Promise<never> => {
    throw new Error('no cache here')
  }
  Object.defineProperty(caches, 'open', { configurable: true, value: failing })
  const response = await bench.call(path, { headers: await asking() })
  Object.defineProperty(caches, 'open', { configurable: true, value: open })
  expect([response.status, isHit(response)]).toEqual([200, false])
})

it('answers as the database does: for any consumers, queries and writes, in any isolate', async () => {
  const paths = [path, '/aggregate?by=at&limit=3&shop=a', '/aggregate?shop=a&limit=3&by=at', '/aggregate']
  const question = fc.record({
    isolate: fc.nat(2),
    consumer: fc.constantFrom('a.one', 'a.two'),
    path: fc.constantFrom(...paths),
  })
  const steps = fc.array(fc.oneof({ weight: 5, arbitrary: question }, fc.nat(7)), {
    minLength: 4,
    maxLength: 15,
  })
  let version = 10_000
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const asked = await Promise.all([isolate(), isolate(), isolate()])
      for (const step of all) {
        if (typeof step === 'number') {
          version += 1
          // Whoever trusts what it knew before may answer it for a second: all of them write.
          for (const each of asked) await each.send([rowOf(step, version)], { completeUpTo: at(version) })
          continue
        }
        const one = asked[step.isolate] ?? bench
        const headers = await asking(step.consumer)
        const told = async (more: Record<string, string>) => {
          const response = await one.call(step.path, { headers: { ...headers, ...more } })
          for (const each of ['ratelimit', 'server-timing', 'link']) response.headers.delete(each)
          return [response.status, [...response.headers], await response.text()]
        }
        const answered = await told({})
        expect(answered).toEqual(await told({ 'cache-control': 'no-cache' }))
      }
    }),
    dearRuns(20, 25),
  )
})
