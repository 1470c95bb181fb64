import { defineProduct, id, text, time } from '@meshloop/contract'
import { describe, expect, it } from 'vitest'
import { createClient } from '../src/index.ts'
import { MAX_BATCH_BYTES, MAX_BATCH_ROWS } from '../src/ingest.ts'

const orders = defineProduct({
  id: 'good.orders',
  version: '1.0.0',
  title: 'Order lines',
  purpose: 'Tests',
  owner: { team: 'Tests', support: 'tests@shop.example' },
  fields: {
    order_id: id('Order'),
    line: id('Line'),
    placed_at: time('When'),
    note: text('Note', { nullable: true }),
  },
  key: ['order_id', 'line'],
  eventTime: 'placed_at',
  freshness: 'PT5M',
})
const good = { product: 'good.orders', major: 1 }
const clientKey = `ml_local_risk.fraud_${'_-A'.repeat(14)}x`
const start = Date.parse('2026-11-20T12:00:00.000Z')

/** A client whose clock and requests a test sees. */
function open(key = clientKey) {
  const seen: string[] = []
  const queries: string[] = []
  const clock = { ms: start }
  const client = createClient({
    issuer: 'https://catalog.test',
    clientKey: key,
    now: () => clock.ms,
    fetch: (url, init) => {
      queries.push(new URL(url).search)
      seen.push(`${init.method ?? 'GET'} ${new URL(url).hostname}${new URL(url).pathname}`)
      return fetch(url, init)
    },
  })
  return { client, seen, queries, clock }
}

const catalogPage = 'GET catalog.test/products/good.orders.json'
const tokenEndpoint = 'POST catalog.test/oauth/token'
const echo = 'GET good.test/good/orders/v1/echo'

describe('a call', () => {
  it('asks the catalog, buys a token for the one scope, and calls', async () => {
    const { client, seen } = open()
    const { json, status, as_of } = await client.call(good, 'run', '/echo')
    expect({ json, status, as_of }).toMatchObject({
      json: { method: 'GET', authorization: 'Bearer risk.fraud.run', contentType: null },
      status: 200,
      as_of: null,
    })
    expect(seen).toEqual([catalogPage, tokenEndpoint, echo])
  })

  it('posts JSON', async () => {
    const { json } = await open().client.call(good, 'run', '/echo', { method: 'POST', body: '{"x":1}' })
    expect(json).toMatchObject({ method: 'POST', contentType: 'application/json', body: '{"x":1}' })
  })

  it('keeps the address for five minutes and the token until a minute before its end, by scope', async () => {
    const { client, seen, clock } = open()
    const secondsLater = async (seconds: number, scope: 'read' | 'run' = 'read') => {
      clock.ms = start + seconds * 1000
      seen.length = 0
      await client.call(good, scope, '/echo')
      return seen
    }
    expect(await secondsLater(0)).toEqual([catalogPage, tokenEndpoint, echo])
    expect(await secondsLater(299)).toEqual([echo])
    expect(await secondsLater(300)).toEqual([catalogPage, echo])
    expect(await secondsLater(539)).toEqual([echo])
    expect(await secondsLater(540)).toEqual([tokenEndpoint, echo])
    expect(await secondsLater(541, 'run')).toEqual([tokenEndpoint, echo])
  })

  it('tries a fresh token once when the product refuses the one it has', async () => {
    const { client, seen } = open()
    await client.call({ product: 'revoked.orders', major: 1 }, 'read', '/echo')
    expect(seen.filter((request) => request === tokenEndpoint)).toHaveLength(2)
    const closed = open()
    await expect(
      closed.client.call({ product: 'closed.orders', major: 1 }, 'read', '/echo'),
    ).rejects.toMatchObject({
      code: 'refused',
      status: 401,
      problem: { code: 'token_invalid' },
    })
    expect(closed.seen.filter((request) => request.endsWith('/echo'))).toHaveLength(2)
  })

  it('tells that a product cannot know which tokens were taken back, and buys no other', async () => {
    const { client, seen } = open()
    await expect(client.call(good, 'read', '/unsure')).rejects.toMatchObject({
      code: 'refused',
      status: 503,
      problem: { code: 'revocations_unknown' },
      message: expect.stringContaining('revocations_unknown: Because.'),
    })
    expect(seen.filter((request) => request === tokenEndpoint)).toHaveLength(1)
  })

  it('gives up after its time', async () => {
    const client = createClient({
      issuer: 'https://catalog.test',
      clientKey,
      now: () => start,
      fetch: (url, init) =>
        url.endsWith('/run')
          ? new Promise((_, reject) =>
              init.signal?.addEventListener('abort', () => reject(new Error('aborted'))),
            )
          : fetch(url, init),
    })
    await expect(client.call(good, 'run', '/run', { timeoutMs: 1 })).rejects.toMatchObject({
      code: 'unreachable',
    })
  })

  it('is not fooled by an answer that breaks off', async () => {
    const client = createClient({
      issuer: 'https://catalog.test',
      clientKey,
      now: () => start,
      fetch: async () =>
        new Response(new ReadableStream({ pull: (controller) => controller.error(new Error('lost')) })),
    })
    await expect(client.call(good, 'run', '/run')).rejects.toMatchObject({ code: 'unreachable' })
  })

  it('does without TLS only where catalog and product are one origin: on one machine', async () => {
    const local = createClient({
      issuer: 'http://127.0.0.1:8787',
      clientKey,
      now: () => start,
      fetch: async (url) =>
        url.endsWith('.json?major=1')
          ? Response.json({ url: 'http://127.0.0.1:8787/good/orders/v1' })
          : url.endsWith('/oauth/token')
            ? Response.json({ access_token: 't', token_type: 'Bearer', expires_in: 600 })
            : Response.json('reached'),
    })
    expect((await local.call(good, 'read', '/records')).json).toBe('reached')
  })

  it.each([
    ['', 'none'],
    ['secret', 'a word'],
    [`ml_local_risk.fraud_${'A'.repeat(42)}`, 'a short secret'],
    [`ml_LOCAL_risk.fraud_${'A'.repeat(43)}`, 'another environment'],
    [`ml_local_risk fraud_${'A'.repeat(43)}`, 'no client id'],
  ])('refuses the key %j: %s', (key) => {
    expect(() => open(key)).toThrow(expect.objectContaining({ code: 'client_key_invalid' }))
  })
})

describe('the catalog', () => {
  it.each([
    ['bad.missing', 'product_unknown', 404],
    ['bad.major', 'product_unknown', undefined],
    ['bad.path', 'answer_invalid', undefined],
    ['bad.slash', 'answer_invalid', undefined],
    ['bad.scheme', 'answer_invalid', undefined],
    ['bad.credentials', 'answer_invalid', undefined],
    ['bad.query', 'answer_invalid', undefined],
    ['bad.relative', 'answer_invalid', undefined],
    ['bad.html', 'answer_invalid', 200],
    ['bad.shape', 'answer_invalid', 200],
    ['bad.list', 'answer_invalid', 200],
    ['bad.nothing', 'answer_invalid', 200],
    ['bad.huge', 'answer_too_large', 200],
    ['bad.redirect', 'answer_invalid', 307],
    ['bad.empty', 'unreachable', 204],
    ['bad.down', 'unreachable', 503],
    ['bad.fault', 'unreachable', 500],
    ['bad.cut', 'answer_invalid', 200],
  ])('that answers %s: %s', async (product, code, status) => {
    const { client, seen } = open()
    await expect(client.call({ product, major: 1 }, 'read', '/echo')).rejects.toMatchObject({ code, status })
    expect(seen).toEqual([`GET catalog.test/products/${product}.json`])
  })

  it.each([
    ['ungranted', 'token_refused', 400, 'right_missing'],
    ['html', 'answer_invalid', 200, undefined],
    ['shape', 'answer_invalid', 200, undefined],
    ['mac', 'answer_invalid', 200, undefined],
    ['split', 'answer_invalid', 200, undefined],
    ['ended', 'answer_invalid', 200, undefined],
    ['huge', 'answer_too_large', 200, undefined],
    ['redirect', 'answer_invalid', 307, undefined],
    ['down', 'unreachable', 503, undefined],
    ['fault', 'unreachable', 500, 'internal'],
  ])('that sells tokens %s: %s', async (how, code, status, problem) => {
    const { client, seen } = open()
    const error: unknown = await client
      .call({ product: `seller.${how}`, major: 1 }, 'read', '/echo')
      .catch((e) => e)
    expect(error).toMatchObject({ code, status, problem: problem && { code: problem } })
    expect(String(error)).not.toContain(clientKey)
    expect(seen.at(-1)).toBe(tokenEndpoint)
  })
})

describe('a product', () => {
  it.each([
    ['/html', 'answer_invalid', 200],
    ['/empty', 'answer_invalid', 204],
    ['/huge', 'answer_too_large', 200],
    ['/redirect', 'answer_invalid', 307],
    ['/cut', 'answer_invalid', 200],
    ['/down', 'refused', 503],
    ['/fault', 'refused', 500],
    ['/nothing-here', 'refused', 404],
  ] as const)('that answers %s: %s', async (path, code, status) => {
    await expect(open().client.call(good, 'read', path)).rejects.toMatchObject({ code, status })
  })

  it.each([
    ['missing', 'answer_invalid'],
    ['type', 'answer_invalid'],
    ['record', 'answer_invalid'],
    ['as-of', 'answer_invalid'],
    ['shape', 'answer_invalid'],
    ['list', 'answer_invalid'],
    ['nothing', 'answer_invalid'],
    ['cut', 'answer_invalid'],
  ])('whose records are wrong by %s: %s', async (cursor, code) => {
    await expect(open().client.records(orders, { cursor })).rejects.toMatchObject({ code })
  })

  it.each([
    ['op', 'answer_invalid'],
    ['record', 'answer_invalid'],
    ['cursor', 'answer_invalid'],
    ['time', 'answer_invalid'],
    ['too-many', 'answer_invalid'],
    ['shape', 'answer_invalid'],
    ['redirect', 'answer_invalid'],
    ['cut', 'answer_invalid'],
    ['old', 'refused'],
  ])('whose feed is wrong by %s: %s', async (after, code) => {
    await expect(open().client.changes(good, { after, limit: 2 })).rejects.toMatchObject({ code })
  })
})

describe('reading', () => {
  const row = { order_id: 'ord_1', line: '1', placed_at: '2026-11-01T09:30:00.000Z', note: null }

  it('gives rows of the contract with the moment up to which they are complete', async () => {
    const query = { 'placed_at[gte]': row.placed_at, line: '1', sort: '-placed_at', limit: 10 } as const
    const page = await open().client.records(orders, query)
    const first: { order_id: string; line: string; note: string | null } | undefined = page.records[0]
    expect(first).toEqual(row)
    expect(page).toMatchObject({ next_cursor: 'next', as_of: '2026-11-20T12:00:00.000Z' })
  })

  it.each(['later-version', 'earlier-version'])(
    'takes rows of a product in a %s of the contract',
    async (cursor) => {
      expect((await open().client.records(orders, { cursor })).records).toEqual([row])
    },
  )

  it('gives one record by its key, whatever is in it, and undefined where there is none', async () => {
    const { client } = open()
    expect(await client.record(orders, ['ord/1', '2'])).toEqual({
      record: { ...row, order_id: 'ord/1', line: '2', note: 'x' },
      as_of: '2026-11-20T12:00:00.000Z',
    })
    expect(await client.record(orders, ['none', '1'])).toBeUndefined()
  })

  it('follows changes', async () => {
    expect(await open().client.changes(good, { limit: 2 })).toEqual({
      changes: [
        { op: 'upsert', record: { order_id: 'o' } },
        { op: 'delete', key: { order_id: 'p' } },
      ],
      next_cursor: 'next',
      more: false,
      as_of: row.placed_at,
    })
    await expect(open().client.changes(good, { after: 'old', limit: 2 })).rejects.toMatchObject({
      problem: { code: 'resync_required' },
    })
  })

  it('follows changes of the fields that it needs', async () => {
    const { client, queries } = open()
    await client.changes(good, { limit: 2, fields: ['order_id', 'note'] })
    expect(queries.at(-1)).toBe('?limit=2&fields=order_id%2Cnote')
  })
})

describe('sending', () => {
  const outcome = { repeated: 0, quarantined: 0, rejected: [] }

  it('sends rows, with and without a claim', async () => {
    const { client } = open()
    expect(await client.ingest(good, [1, 2])).toEqual({ ...outcome, accepted: 2, as_of: null })
    const at = '2026-11-20T12:00:00.000Z'
    expect(await client.ingest(good, [], at)).toEqual({ ...outcome, accepted: 0, as_of: at })
  })

  it.each([
    ['rows', Array.from({ length: MAX_BATCH_ROWS + 1 }, () => 1)],
    ['bytes', ['ü'.repeat(MAX_BATCH_BYTES / 2)]],
  ])('sends nothing of a batch with too many %s', async (_what, rows) => {
    const { client, seen } = open()
    await expect(client.ingest(good, rows)).rejects.toMatchObject({ code: 'batch_too_large' })
    expect(seen).toEqual([])
  })
})
