/** The outbox: whatever fails on the way, every order arrives once, in one numbered sequence, and no claim is ahead of it. */
import { parsePrivateJwk, signBatch, type Batch } from '@meshloop/access/batch'
import { serve } from '@meshloop/product'
import { orders } from '@meshloop/purchase-orders'
import * as fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { flush, tend } from '../outbox/flush.ts'
import { bindings, empty } from './bindings.ts'
import { openShop, type Shop } from './shop.ts'

const { ORDERS_DB, SOURCE_KEY, ORDERS_MIGRATIONS } = bindings
const product = serve({ contract: orders })
const sourceKey = parsePrivateJwk(SOURCE_KEY, 'SOURCE_KEY')
const productEnv = {
  DB: ORDERS_DB,
  ISSUER: 'https://catalog.test',
  BASE_URL: 'https://data.test/purchase/orders/v1',
  SOURCES: JSON.stringify({
    storefront: { over: 'queue', keys: [{ kid: sourceKey.kid, x: sourceKey.x }] },
  }),
}

/** Hands a signed batch to the real consumer of purchase.orders, as its queue does. */
async function deliver(batch: Batch): Promise<void> {
  let isTaken = false
  const message = {
    body: await signBatch(sourceKey, batch),
    ack: () => void (isTaken = true),
    retry: () => undefined,
  }
  const messages = { queue: 'purchase-orders-ingest', messages: [message] } as unknown as MessageBatch
  await product.queue(messages, productEnv)
  expect(isTaken).toBe(true)
}

/** What purchase.orders has reached of the storefront. */
async function reached(): Promise<{ n: number; as_of: string | null }> {
  const row = await ORDERS_DB.prepare(`SELECT n, as_of FROM _progress WHERE name = 'storefront'`).first<{
    n: number
    as_of: string | null
  }>()
  return row ?? { n: 0, as_of: null }
}

const arrived = async () =>
  (await ORDERS_DB.prepare('SELECT order_id, placed_at, status FROM records ORDER BY order_id').all()).results

const placed = async () =>
  (
    await bindings.DB.prepare(`SELECT order_id, placed_ms, status FROM orders ORDER BY order_id`).all<{
      order_id: string
      placed_ms: number
      status: string
    }>()
  ).results.map(({ placed_ms, ...order }) => ({ ...order, placed_at: new Date(placed_ms).toISOString() }))

/** Real time, so that the product's clock, which nobody sets, takes the batches. */
async function openShopNow(): Promise<Shop> {
  const shop = await openShop()
  shop.clock.nowMs = Date.now() - 12 * 3_600_000
  await empty(ORDERS_DB, ORDERS_MIGRATIONS)
  return shop
}

const basket = (customer: number) => ({
  customer_id: `cust_${customer}`,
  total_cents: 2_000,
  shipping_address_id: 'adr_home',
  payment_method_id: null,
})

type Step =
  | { readonly do: 'order' | 'orders' | 'confirm' | 'tend' | 'restart' }
  | { readonly do: 'minutes'; readonly count: number }
  | { readonly do: 'clock back'; readonly count: number }
  | { readonly do: 'queue'; readonly fate: 'works' | 'refuses' | 'crashes after' | 'loses' }
  | { readonly do: 'deliver'; readonly at: number; readonly keep: boolean }
  | { readonly do: 'status'; readonly works: boolean }

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom<Step>({ do: 'order' }, { do: 'orders' }, { do: 'confirm' }) },
    { weight: 3, arbitrary: fc.constantFrom<Step>({ do: 'tend' }, { do: 'restart' }) },
    fc.record({ do: fc.constant('minutes' as const), count: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ do: fc.constant('clock back' as const), count: fc.integer({ min: 1, max: 3 }) }),
    fc.record({
      do: fc.constant('queue' as const),
      fate: fc.constantFrom('works' as const, 'refuses' as const, 'crashes after' as const, 'loses' as const),
    }),
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('deliver' as const), at: fc.nat(50), keep: fc.boolean() }),
    },
    fc.record({ do: fc.constant('status' as const), works: fc.boolean() }),
  ),
  { maxLength: 25 },
)

describe('the outbox', () => {
  let shop: Shop
  beforeEach(async () => {
    shop = await openShopNow()
  })

  test('a request sends what it wrote, to both products, with a claim that covers it', async () => {
    const { order } = await shop.order()
    expect(shop.sent.map(({ product: to, batch }) => [to, batch.n, batch.rows.length])).toEqual([
      ['purchase.orders', 1, 1],
      ['customer.accounts', 1, 0],
    ])
    for (const { batch } of shop.sent)
      expect((batch.complete_up_to ?? '') > order.placed_at, 'the claim').toBe(true)
    expect(shop.sent[0]?.batch).toMatchObject({
      aud: 'purchase.orders/v1',
      source: 'storefront',
      rows: [{ order_id: order.order_id, status: order.status, placed_at: order.placed_at }],
    })
  })

  test('a quiet minute claims that nothing happened, and what has arrived is let go', async () => {
    await shop.order()
    shop.answers.set('purchase.orders', { progress: [{ name: 'storefront', n: 1 }] })
    shop.clock.nowMs += 60_000
    await tend(shop.world)
    expect(shop.sent.findLast(({ product: to }) => to === 'purchase.orders')).toMatchObject({
      product: 'purchase.orders',
      batch: { n: 2, rows: [], complete_up_to: new Date(shop.clock.nowMs).toISOString() },
    })
    const left = await bindings.DB.prepare('SELECT product, n FROM batches ORDER BY product, n').all()
    expect(left.results).toEqual([
      { product: 'customer.accounts', n: 1 },
      { product: 'customer.accounts', n: 2 },
      { product: 'purchase.orders', n: 2 },
    ])
  })

  test('more rows than a batch holds: only the last of their batches claims', async () => {
    const many = Array.from({ length: 250 }, (_, i) =>
      bindings.DB.prepare(`INSERT INTO outbox (product, row) VALUES ('purchase.orders', ?1)`).bind(
        JSON.stringify({ order_id: `ord_${i}`, placed_ms: 1, updated_ms: 1 }),
      ),
    )
    await bindings.DB.batch(many)
    await flush(shop.world)
    const batches = shop.sent.filter(({ product: to }) => to === 'purchase.orders').map(({ batch }) => batch)
    expect(batches.map(({ n, rows, complete_up_to }) => [n, rows.length, complete_up_to !== null])).toEqual([
      [1, 100, false],
      [2, 100, false],
      [3, 50, true],
    ])
  })

  test('after the database began anew, numbering goes on behind what the product has seen', async () => {
    shop.answers.set('purchase.orders', { progress: [{ name: 'storefront', n: 40 }] })
    await shop.order()
    await tend(shop.world)
    const resent = shop.sent.filter(({ product: to }) => to === 'purchase.orders').at(-1)
    expect(resent?.batch).toMatchObject({ n: 41, rows: [{ customer_id: 'cust_1' }] })
  })

  test('any schedule of orders, faults, crashes and deliveries ends with every order there, once', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (schedule) => {
        shop = await openShopNow()
        const inQueue: Batch[] = []
        const sentAs = new Map<number, string>()
        let fate: 'works' | 'refuses' | 'crashes after' | 'loses' = 'works'
        let statusWorks = true
        shop.world = {
          ...shop.world,
          async send(to, batch) {
            if (to !== 'purchase.orders') return
            if (fate === 'refuses') throw new Error('the queue refuses')
            const { sent_at: _, ...content } = batch
            const text = JSON.stringify(content)
            expect(sentAs.get(batch.n) ?? text, 'a number always means the same batch').toBe(text)
            sentAs.set(batch.n, text)
            if (fate !== 'loses') inQueue.push(batch)
            if (fate === 'crashes after') throw new Error('crashed before it was noted')
            await Promise.resolve()
          },
          async ask(to) {
            if (!statusWorks || to !== 'purchase.orders') throw new Error('away')
            return { progress: [{ name: 'storefront', ...(await reached()) }] }
          },
        }
        const quietly = (work: Promise<unknown>) => work.catch(() => undefined)
        const claimHolds = async () => {
          const { as_of } = await reached()
          if (as_of === null) return
          const there = new Set((await arrived()).map(({ order_id }) => order_id))
          const missing = (await placed()).filter(
            ({ order_id, placed_at }) => placed_at <= as_of && !there.has(order_id),
          )
          expect(missing, `complete up to ${as_of}`).toEqual([])
        }
        for (const step of schedule) {
          switch (step.do) {
            case 'order':
              await quietly(shop.post('/checkout', basket(1)))
              break
            case 'orders':
              await quietly(
                Promise.all([1, 2, 3].map((customer) => shop.post('/checkout', basket(customer)))),
              )
              break
            case 'confirm': {
              const open = await bindings.DB.prepare(
                'SELECT token FROM confirmations WHERE answer IS NULL LIMIT 1',
              ).first<{
                token: string
              }>()
              if (open !== null) await quietly(shop.post(`/confirm/${open.token}`, { answer: 'me' }))
              break
            }
            case 'tend':
              await tend(shop.world)
              break
            case 'restart':
              inQueue.length = 0
              shop.forget()
              break
            case 'minutes':
              shop.clock.nowMs += step.count * 60_000
              break
            case 'clock back':
              shop.clock.nowMs -= step.count * 1_000
              break
            case 'queue':
              fate = step.fate
              break
            case 'status':
              statusWorks = step.works
              break
            case 'deliver': {
              const [batch] = inQueue.splice(step.at % Math.max(1, inQueue.length), step.keep ? 0 : 1)
              const which = batch ?? inQueue[step.at % Math.max(1, inQueue.length)]
              if (which !== undefined) await deliver(which)
              break
            }
          }
          await claimHolds()
        }
        // The queue works again and some minutes pass: the end is the same for every schedule.
        fate = 'works'
        statusWorks = true
        for (let minute = 0; minute < 4; minute++) {
          shop.clock.nowMs += 180_000
          await tend(shop.world)
          for (const batch of inQueue.splice(0)) await deliver(batch)
        }
        await claimHolds()
        expect(await arrived()).toEqual(await placed())
        const numbers = [...sentAs.keys()].toSorted((a, b) => a - b)
        expect(numbers, 'one sequence without gaps').toEqual(numbers.map((_, i) => i + 1))
        expect((await reached()).n).toBe(numbers.length)
      }),
      { numRuns: Math.max(20, Math.ceil((fc.readConfigureGlobal().numRuns ?? 100) / 10)) },
    )
  }, 600_000)
})
