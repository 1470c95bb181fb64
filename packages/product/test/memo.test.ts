/** Answers from memory: they cost no row, are those that the database would give, and are of nobody else. */
import { viewOf, wholeView, type View } from '@meshloop/access/claims'
import { defineProduct, id, int, oneOf, time } from '@meshloop/contract'
import * as fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { createMemo } from '../src/memo/memo.ts'
import { serve } from '../src/serve.ts'
import { setUp, type Bench } from '../src/testing/bench.ts'
import { dearRuns } from '../src/testing/runs.ts'
import { makeTables } from './make-tables.ts'

const contract = defineProduct({
  id: 'a.remembered',
  version: '1.0.0',
  title: 'T',
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
  measures: { all: { means: 'All', count: true } },
  dimensions: ['shop'],
})
const worker = serve({ contract })
const at = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString()
const rowOf = (n: number, version = n) => ({
  k: `k${n}`,
  at: at(n),
  n: version,
  shop: n % 2 === 0 ? 'a' : 'b',
})

let bench: Bench
const timingOf = (response: Response) => response.headers.get('server-timing') ?? ''
const isHit = (response: Response) => timingOf(response).includes('memo;desc="hit"')

/** A bench whose Worker trusts a revision for a second, on an empty database. */
async function open(): Promise<Bench> {
  const made = await setUp(worker, contract, ['over-http'], contract, '1000')
  await makeTables(made.env.DB, worker.tables)
  return made
}

beforeEach(async () => {
  bench = await open()
  await bench.send(
    [0, 1, 2, 3, 4].map((n) => rowOf(n)),
    { completeUpTo: at(10) },
  )
})

const asking = async (view: View, sub: string, more: object = {}) => ({
  authorization: `Bearer ${await bench.token('read', { view, sub, client_id: sub, ...more })}`,
})

describe('a repeat', () => {
  it.each(['/records?limit=2', '/records/k1', '/aggregate?by=shop', '/changes?limit=2'])(
    'of %s costs no row, and is the same',
    async (path) => {
      const headers = await asking(wholeView, 'a.reader')
      const first = await bench.call(path, { headers })
      const again = await bench.call(path, { headers })
      expect(isHit(first)).toBe(false)
      expect(timingOf(again)).toBe('memo;desc="hit", rows_read;desc="0", rows_written;desc="0"')
      expect(await again.text()).toBe(await first.text())
      expect(again.headers.get('etag')).toBe(first.headers.get('etag'))
      const etag = first.headers.get('etag') ?? ''
      const unchanged = await bench.call(path, { headers: { ...headers, 'if-none-match': etag } })
      expect([unchanged.status, isHit(unchanged)]).toEqual([304, true])
      const anything = await bench.call(path, { headers: { ...headers, 'if-none-match': '*' } })
      expect(anything.status).toBe(304)
    },
  )

  it('is read from the database where the request says no-cache, and left nowhere where it says no-store', async () => {
    const headers = await asking(wholeView, 'a.reader')
    await bench.call('/records', { headers: { ...headers, 'cache-control': 'no-store' } })
    expect(isHit(await bench.call('/records', { headers }))).toBe(false)
    expect(
      isHit(await bench.call('/records', { headers: { ...headers, 'cache-control': 'no-cache' } })),
    ).toBe(false)
    expect(isHit(await bench.call('/records', { headers }))).toBe(true)
  })

  it('is seen to be another as soon as its isolate has written', async () => {
    const headers = await asking(wholeView, 'a.reader')
    await bench.call('/records/k1', { headers })
    await bench.send([rowOf(1, 100)])
    expect(await bench.json('/records/k1', { headers })).toMatchObject({ n: 100 })
  })

  it('is not forgotten because somebody without a right sends something', async () => {
    const headers = await asking(wholeView, 'a.reader')
    await bench.call('/records/k1', { headers })
    for (const [path, authorization] of [
      ['/ingest', 'Bearer x.y.z'],
      ['/ingest', headers.authorization],
      ['/records', headers.authorization],
      ['/nowhere', headers.authorization],
    ] as const) {
      const refused = await bench.call(path, { method: 'POST', body: '{}', headers: { authorization } })
      expect(refused.status).toBeGreaterThanOrEqual(400)
      expect(isHit(await bench.call('/records/k1', { headers })), path).toBe(true)
    }
  })

  it('is of the preferences that were sent, and says so to other caches', async () => {
    const headers = await asking(wholeView, 'a.reader')
    const plain = await bench.call('/records', { headers })
    expect(plain.headers.get('vary')).toContain('prefer')
    expect(await plain.text()).not.toContain('"total"')
    const counted = await bench.json('/records', { headers: { ...headers, prefer: 'count=exact' } })
    expect(counted).toMatchObject({ total: 5 })
  })

  it('is known by any of the tags that are sent', async () => {
    const headers = await asking(wholeView, 'a.reader')
    const etag = (await bench.call('/records', { headers })).headers.get('etag') ?? ''
    const status = async (tags: string) =>
      (await bench.call('/records', { headers: { ...headers, 'if-none-match': tags } })).status
    expect(await Promise.all([`"x" , W/${etag}`, '*', '"x"', ',,'].map(status))).toEqual([304, 304, 200, 200])
  })

  it('is judged anew: data that has grown too old is refused from memory too', async () => {
    const headers = await asking(wholeView, 'a.reader')
    for (const _ of ['first', 'again'])
      expect((await bench.call('/records?max_staleness=PT1M', { headers })).status).toBe(503)
    for (const _ of ['first', 'again'])
      expect((await bench.call('/records?max_staleness=P10000D', { headers })).status).toBe(200)
  })

  it('is refused with a token that is not good, whatever is remembered', async () => {
    await bench.call('/records', { headers: await asking(wholeView, 'a.reader') })
    const over = Math.floor(Date.now() / 1000) - 600
    const ended = await bench.token('read', {
      sub: 'a.reader',
      client_id: 'a.reader',
      iat: over - 60,
      exp: over,
    })
    for (const authorization of ['Bearer x.y.z', `Bearer ${ended}`])
      expect((await bench.call('/records', { headers: { authorization } })).status).toBe(401)
  })

  it.each<[string, object]>([
    ['a grant', { grant: { id: 'revoked', version: 1 } }],
    ['a key', { keys: ['revoked'] }],
  ])('is refused under %s that was taken back, whatever is remembered', async (_, of) => {
    const headers = await asking(wholeView, 'a.reader')
    await bench.call('/records', { headers })
    expect(isHit(await bench.call('/records', { headers }))).toBe(true)
    const answer = await bench.call('/records', { headers: await asking(wholeView, 'a.reader', of) })
    expect([answer.status, await answer.json()]).toMatchObject([401, { code: 'token_revoked' }])
  })
})

it('tells no figures through a view that hides something, first or again', async () => {
  const views = [
    await viewOf({ columns: ['k', 'at', 'n'], rows: [] }),
    await viewOf({ columns: null, rows: [{ field: 'shop', op: 'eq', value: 'a' }] }),
  ]
  for (const view of views) {
    const headers = await asking(view, 'a.reader')
    for (const _ of ['first', 'again']) {
      const response = await bench.call('/records', { headers })
      expect([response.status, response.headers.get('server-timing')]).toEqual([200, null])
    }
  }
})

it('answers as without a memory: for any consumers, views and writes in between', async () => {
  const views = [
    wholeView,
    await viewOf({ columns: ['k', 'at'], rows: [] }),
    await viewOf({ columns: null, rows: [{ field: 'shop', op: 'eq', value: 'a' }] }),
    await viewOf({ columns: null, rows: [{ field: 'shop', op: 'eq', value: 'b' }] }),
  ]
  const paths = ['/records?limit=2', '/records?limit=2&fields=k', '/records/k0', '/records/k1', '/aggregate', '/changes?limit=3', '/changes?limit=3&fields=at'] // prettier-ignore
  const question = fc.record({
    view: fc.nat(views.length - 1),
    consumer: fc.constantFrom('a.one', 'a.two'),
    path: fc.constantFrom(...paths),
    prefer: fc.constantFrom(undefined, 'count=exact'),
    scope: fc.constantFrom('read' as const, 'aggregate' as const),
  })
  const steps = fc.array(fc.oneof({ weight: 5, arbitrary: question }, fc.nat(7)), {
    minLength: 4,
    maxLength: 20,
  })
  const tokens = new Map<string, string>()
  let version = 1_000
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      for (const step of all) {
        if (typeof step === 'number') {
          version += 1
          await bench.send([rowOf(step, version)], { completeUpTo: at(version) })
          continue
        }
        const { view, consumer, path, prefer, scope } = step
        const name = [view, consumer, scope].join()
        const token =
          tokens.get(name) ??
          (await bench.token(scope, { view: views[view] ?? wholeView, sub: consumer, client_id: consumer }))
        tokens.set(name, token)
        const headers = { authorization: `Bearer ${token}`, ...(prefer ? { prefer } : {}) }
        const told = async (more: Record<string, string>) => {
          const response = await bench.call(path, { headers: { ...headers, ...more } })
          for (const each of ['ratelimit', 'server-timing']) response.headers.delete(each)
          return [response.status, [...response.headers], await response.text()]
        }
        const remembered = await told({})
        expect(remembered).toEqual(await told({ 'cache-control': 'no-cache' }))
        expect(await told({})).toEqual(remembered)
      }
    }),
    dearRuns(4),
  )
})

describe('the memory', () => {
  const standing = (seq: number) => ({ seq, incarnation: 'one', as_of: null })
  const kept = (seq: number, body = '{}') => ({
    made: { standing: standing(seq), body: new TextEncoder().encode(body), etag: '"e"' },
    fields: [],
    rowsRead: 1,
  })
  const nobody = async (): Promise<never> => {
    throw new Error('the revision is asked')
  }

  it('asks for the revision after a second, once, and forgets what is of another', async () => {
    let now = 0
    const memo = createMemo({ now: () => now })
    const look = () => memo.look({ key: 'a', isWhole: true })
    look().keep(kept(1))
    now = 999
    expect(await look().find(nobody)).toBeDefined()
    now = 1_000
    expect(await look().find(async () => standing(1))).toBeDefined()
    now = 1_999
    expect(await look().find(nobody)).toBeDefined()
    now = 2_000
    expect(await look().find(async () => standing(2))).toBeUndefined()
    expect(await look().find(nobody)).toBeUndefined()
  })

  it('never asks for a view that hides something: its answers stand for a second', async () => {
    let now = 0
    const memo = createMemo({ now: () => now })
    const look = () => memo.look({ key: 'a', isWhole: false })
    look().keep(kept(1))
    memo.look({ key: 'b', isWhole: true }).keep(kept(2))
    now = 999
    expect(await look().find(nobody)).toBeDefined()
    now = 1_000
    expect(await look().find(nobody)).toBeUndefined()
  })

  it('learns nothing from an answer that was asked before a newer one, and keeps none from before a write', async () => {
    let now = 0
    const memo = createMemo({ now: () => now })
    const early = memo.look({ key: 'a', isWhole: true })
    now = 1
    memo.look({ key: 'b', isWhole: true }).keep(kept(2))
    early.keep(kept(1))
    expect(await memo.look({ key: 'a', isWhole: true }).find(nobody)).toBeUndefined()
    const before = memo.look({ key: 'c', isWhole: true })
    memo.forget()
    before.keep(kept(2))
    expect(await memo.look({ key: 'c', isWhole: true }).find(nobody)).toBeUndefined()
  })

  it('holds no more than it may: what was used longest ago goes, and what is too large never comes', async () => {
    const memo = createMemo({ now: () => 0, maxEntries: 2, maxBytes: 100_000 })
    const look = (key: string) => memo.look({ key, isWhole: true })
    look('a').keep(kept(1))
    look('b').keep(kept(1))
    await look('a').find(nobody)
    look('c').keep(kept(1))
    look('d large').keep(kept(1, 'x'.repeat(20_000)))
    const found = await Promise.all(['a', 'b', 'c', 'd large'].map((key) => look(key).find(nobody)))
    expect(found.map((each) => each !== undefined)).toEqual([true, false, true, false])
  })
})
