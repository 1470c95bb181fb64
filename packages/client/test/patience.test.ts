/** What a client does where an answer says "not now". */
import { expect, it } from 'vitest'
import { createClient } from '../src/index.ts'

const product = { product: 'good.orders', major: 1 }
const start = Date.parse('2026-11-20T12:00:00.000Z')

type Busy = readonly [status: number, retryAfter?: string]

/** A client of a product that gives these answers, then a good one; the catalog's first ones for its address. */
function open(answers: readonly Busy[], patienceMs?: number, catalog: readonly Busy[] = []) {
  const left = { product: [...answers], catalog: [...catalog] }
  const clock = { ms: start }
  const seen: string[] = []
  const waits: number[] = []
  const busy = ([status, retryAfter]: Busy): Response =>
    Response.json({}, { status, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter } })
  const client = createClient({
    issuer: 'https://catalog.test',
    clientKey: `ml_local_risk.fraud_${'_-A'.repeat(14)}x`,
    now: () => clock.ms,
    fetch: async (url, init) => {
      if (url.endsWith('/oauth/token'))
        return Response.json({ access_token: 't', token_type: 'Bearer', expires_in: 600 })
      const isCatalog = url.includes('/products/')
      if (!isCatalog) seen.push(init.method ?? 'GET')
      const answer = left[isCatalog ? 'catalog' : 'product'].shift()
      if (answer) return busy(answer)
      return Response.json(isCatalog ? { url: 'https://good.test/good/orders/v1' } : 'good')
    },
    pause: async (ms) => {
      waits.push(ms)
      clock.ms += ms
    },
    ...(patienceMs === undefined ? {} : { patienceMs }),
  })
  return { client, seen, waits }
}

it.each<[string, readonly Busy[], { timeoutMs?: number; patienceMs?: number }, 'good' | number, number[]]>([
  ['busy twice', [[429, '1'], [503, '2']], {}, 'good', [1_000, 2_000]],
  ['busy at once', [[503, '0']], {}, 'good', [0]],
  ['busy without saying until when', [[503]], {}, 503, []],
  ['busy until a day', [[503, 'Fri, 20 Nov 2026 12:00:01 GMT']], {}, 503, []],
  ['busy until before', [[503, '-1']], {}, 503, []],
  ['busy too often', [[429, '1'], [429, '1'], [429, '1'], [429, '1']], {}, 429, [1_000, 1_000, 1_000]],
  ['busy for longer than half of the time', [[429, '6']], {}, 429, []],
  ['busy for longer than half of what is left', [[429, '5'], [429, '3']], {}, 429, [5_000]],
  ['busy for longer than a short time', [[429, '1']], { timeoutMs: 1_500 }, 429, []],
  ['busy for longer than the patience', [[429, '1'], [429, '1']], { patienceMs: 1_500 }, 429, [1_000]],
  ['busy, and nobody waits', [[429, '1']], { patienceMs: 0 }, 429, []],
  ['refused', [[400, '1']], {}, 400, []],
])('asks again where a product is %s', async (_, answers, { patienceMs, ...init }, result, waits) => {
  const opened = open(answers, patienceMs)
  const answer = opened.client.call(product, 'read', '/records', init)
  if (result === 'good') expect((await answer).json).toBe('good')
  else await expect(answer).rejects.toMatchObject({ code: 'refused', status: result })
  expect(opened.waits).toEqual(waits)
  expect(opened.seen).toHaveLength(waits.length + 1)
}) // prettier-ignore

it('asks the catalog again for an address', async () => {
  const { client, waits } = open([], undefined, [[503, '1']])
  expect((await client.call(product, 'read', '/records')).json).toBe('good')
  expect(waits).toEqual([1_000])
})

it('sends nothing twice', async () => {
  const { client, seen, waits } = open([[503, '1']])
  await expect(client.call(product, 'run', '/run', { method: 'POST' })).rejects.toMatchObject({ status: 503 })
  await expect(client.ingest(product, [])).rejects.toMatchObject({ code: 'answer_invalid' })
  expect({ seen, waits }).toEqual({ seen: ['POST', 'POST'], waits: [] })
})

it('waits by a timer where nothing else is given', async () => {
  const answers = [Response.json({}, { status: 429, headers: { 'retry-after': '0.001' } })]
  const client = createClient({
    issuer: 'https://catalog.test',
    clientKey: `ml_local_risk.fraud_${'_-A'.repeat(14)}x`,
    now: Date.now,
    fetch: async (url) =>
      url.endsWith('/oauth/token')
        ? Response.json({ access_token: 't', token_type: 'Bearer', expires_in: 600 })
        : url.includes('/products/')
          ? Response.json({ url: 'https://good.test/good/orders/v1' })
          : (answers.shift() ?? Response.json('good')),
  })
  expect((await client.call(product, 'read', '/records')).json).toBe('good')
})
