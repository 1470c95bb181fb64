/** Batches that come again: by a queue that repeats, or by somebody who kept what a source once sent. */
import { signBatch, type Batch } from '@meshloop/access/batch'
import { generatePrivateJwk } from '@meshloop/access/issue'
import { defineProduct, id, int, time } from '@meshloop/contract'
import { beforeEach, describe, expect, it } from 'vitest'
import { serve } from '../src/index.ts'
import { setUp, type Bench } from '../src/testing/index.ts'
import { makeTables } from './make-tables.ts'

const contract = defineProduct({
  id: 'a.orders',
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
  freshness: 'PT5M',
  fields: { key: id('Key'), at: time('When'), changed_at: time('Version'), cents: int('Amount') },
  key: ['key'],
  eventTime: 'at',
  versionBy: 'changed_at',
})
const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString()
const row = (key: string, version: number) => ({
  key,
  at: minute(0),
  changed_at: minute(version),
  cents: version,
})
const gone = (key: string, version: number) => ({ _deleted: true, key, changed_at: minute(version) })

/** One key, by which a source signs for this product and for another one; it ended an hour ago. */
const key = await generatePrivateJwk('till-key')
const ended = new Date(Date.now() - 3_600_000).toISOString()
const before = new Date(Date.now() - 7_200_000).toISOString()
const sources = (keys: readonly object[]) =>
  JSON.stringify({ till: { over: 'queue', keys }, desk: { over: 'http' } })
const withKey = sources([{ kid: key.kid, x: key.x, until: ended }])

let bench: Bench
beforeEach(async () => {
  bench = await setUp(serve({ contract }), contract)
  await makeTables(bench.env.DB, bench.worker.tables)
})

const batch = (n: number, rows: readonly unknown[], more: Partial<Batch> = {}) =>
  signBatch(key, {
    aud: 'a.orders/v1',
    source: 'till',
    n,
    sent_at: before,
    complete_up_to: minute(n),
    rows: [...rows],
    ...more,
  })

/** Delivers to a Worker that has just started with those SOURCES. */
async function deliver(bodies: readonly string[], SOURCES = withKey): Promise<void> {
  const messages = bodies.map((body) => ({ body, ack: () => undefined, retry: () => undefined }))
  const delivery = { queue: 'a-orders-ingest', messages } as unknown as MessageBatch
  await serve({ contract }).queue(delivery, { ...bench.env, SOURCES })
}

const tables = ['records', '_progress', '_batches', '_quarantine', '_state'] as const
/** All that the product holds. */
const state = async () =>
  Object.fromEntries(
    await Promise.all(
      tables.map(async (table) => [
        table,
        (await bench.env.DB.prepare(`SELECT * FROM "${table}"`).all()).results,
      ]),
    ),
  )
const codes = async () => {
  const headers = { authorization: `Bearer ${await bench.token('check')}` }
  const { entries } = await bench.json<{ entries: { errors: { code: string }[] }[] }>('/ingest/quarantine', {
    headers,
  })
  return entries.flatMap(({ errors }) => errors.map(({ code }) => code))
}

describe('a signed batch over the queue', () => {
  it('that comes again changes nothing, also after its key has ended', async () => {
    const first = await batch(1, [row('a', 1), row('b', 1)])
    await deliver([first])
    const after = await state()
    expect(after['records']).toHaveLength(2)
    await deliver([first, first])
    await deliver([first])
    expect(await state()).toEqual(after)
  })

  it('of an older number undoes no correction, brings back nothing deleted, and moves no watermark', async () => {
    const old = await batch(1, [row('a', 1), row('b', 1)])
    await deliver([old, await batch(2, [row('a', 2), gone('b', 2)])])
    const after = await state()
    await deliver([old])
    expect(await state()).toEqual(after)
    const { records } = await bench.json<{ records: { key: string; cents: number }[] }>('/records')
    expect(records.map((record) => [record.key, record.cents])).toEqual([['a', 2]])
  })

  it('with a later claim under a number that was taken claims nothing', async () => {
    await deliver([await batch(1, [row('a', 1)])])
    const after = await state()
    await deliver([await batch(1, [row('a', 1)], { complete_up_to: minute(59) })])
    expect(await state()).toEqual(after)
  })

  it.each([
    ['for another product, signed with the same key', { aud: 'b.orders/v1' }, withKey, 'batch_audience'],
    ['for another major', { aud: 'a.orders/v2' }, withKey, 'batch_audience'],
    ['said to be sent after its key’s end', { sent_at: ended }, withKey, 'batch_key_window'],
    [
      'said to be sent 15 days ago',
      { sent_at: new Date(Date.now() - 15 * 86_400_000).toISOString() },
      withKey,
      'batch_time',
    ],
    ['whose key was taken back', {}, sources([]), 'batch_source'],
    ['whose kid now has another key', {}, sources([{ kid: key.kid, x: 'A'.repeat(43) }]), 'batch_signature'],
  ] as const)('%s is set aside', async (_name, more, SOURCES, code) => {
    await deliver([await batch(1, [row('a', 1)], more)], SOURCES)
    expect(await codes()).toEqual([code])
    expect((await state())['records']).toEqual([])
    expect((await bench.json<{ as_of: string | null }>('/status')).as_of).toBeNull()
  })
})

describe('a batch over HTTP', () => {
  const send = async (rows: readonly unknown[], upTo: number, token?: string) =>
    bench.call('/ingest', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token ?? (await bench.token('ingest'))}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ rows, complete_up_to: minute(upTo) }),
    })

  it('that comes again, or late, changes nothing', async () => {
    await send([row('a', 1), row('b', 1)], 1)
    await send([row('a', 2), gone('b', 2)], 2)
    const after = await state()
    const again = await send([row('a', 1), row('b', 1)], 1)
    expect([again.status, await again.json()]).toMatchObject([200, { accepted: 0 }])
    expect(await state()).toEqual(after)
  })

  it.each([
    [
      'another product’s token',
      { product: 'b.orders', aud: 'https://data.test/b/orders/v1' },
      401,
      'token_invalid',
    ],
    ['a token of the same address for another product', { product: 'b.orders' }, 401, 'token_invalid'],
    ['a token that has ended', { iat: 1_000, exp: 1_600 }, 401, 'token_expired'],
    ['the token of a source that signs', { source: 'over-queue' }, 403, 'source_unknown'],
  ])('with %s is refused', async (_name, claims, status, code) => {
    const response = await send([row('a', 1)], 1, await bench.token('ingest', claims))
    expect([response.status, await response.json()]).toMatchObject([status, { code }])
    expect((await state())['records']).toEqual([])
  })
})
