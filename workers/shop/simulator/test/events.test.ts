/** Events follow from the shop alone: the same for every split, every restart and every pace. */
import { rowReader } from '@meshloop/contract'
import { accounts } from '@meshloop/customer-accounts'
import { newsletter } from '@meshloop/marketing-newsletter'
import { orders } from '@meshloop/purchase-orders'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventsBetween, type ShopEvent } from '../src/events.ts'
import { labelsBetween } from '../src/labels.ts'
import { createShop } from '../src/shop.ts'
import { DAY, HOUR, MINUTE } from '../src/time.ts'

const launchedAtMs = Date.UTC(2026, 10, 22, 14, 30)
const historyFrom = launchedAtMs - 60 * DAY

describe('a shop', () => {
  it('lives the same life whenever it is asked', () => {
    const ask = () => eventsBetween(createShop({ seed: 7, customers: 50 }), historyFrom, launchedAtMs)
    expect(ask()).toEqual(ask())
  })

  it('lives another life with another seed', () => {
    const idsOf = (seed: number) =>
      eventsBetween(createShop({ seed, customers: 50 }), historyFrom, launchedAtMs).map(idOf)
    const ids = new Set(idsOf(7))
    expect(idsOf(8).filter((id) => ids.has(id))).toEqual([])
  })

  it('tells the same 60 days in one piece and day by day, launch and beyond included', () => {
    const shop = createShop({ seed: 1, customers: 150, launchedAtMs: launchedAtMs - DAY, pace: 3 })
    const whole = eventsBetween(shop, historyFrom, launchedAtMs)
    const days = Array.from({ length: 60 }, (_, day) =>
      eventsBetween(shop, historyFrom + day * DAY, historyFrom + (day + 1) * DAY),
    )
    expect(days.flat()).toEqual(whole)
  })

  it('tells the same events and labels however an interval is split', () => {
    const cuts = fc.array(fc.nat(3 * DAY), { maxLength: 8 })
    const options = fc.record({
      seed: fc.integer(),
      customers: fc.integer({ min: 1, max: 40 }),
      pace: fc.integer({ min: 1, max: 50 }),
      launchedAtMs: fc.integer({ min: historyFrom, max: historyFrom + 3 * DAY }),
    })
    fc.assert(
      fc.property(options, cuts, (given, at) => {
        const shop = createShop(given)
        const edges = [0, ...at.toSorted((a, b) => a - b), 3 * DAY].map((offset) => historyFrom + offset)
        const pieces = edges.slice(1).map((to, index) => ({ from: edges[index] ?? to, to }))
        const end = historyFrom + 3 * DAY
        expect(pieces.flatMap(({ from, to }) => eventsBetween(shop, from, to))).toEqual(
          eventsBetween(shop, historyFrom, end),
        )
        expect(pieces.flatMap(({ from, to }) => labelsBetween(shop, from, to))).toEqual(
          labelsBetween(shop, historyFrom, end),
        )
      }),
      { numRuns: 30 },
    )
  })

  it('keeps its history at every pace and afterwards lives the same events faster', () => {
    const slow = createShop({ seed: 3, customers: 60, launchedAtMs })
    const fast = createShop({ seed: 3, customers: 60, launchedAtMs, pace: 24 })
    expect(eventsBetween(fast, historyFrom, launchedAtMs)).toEqual(
      eventsBetween(slow, historyFrom, launchedAtMs),
    )
    const anHour = eventsBetween(fast, launchedAtMs, launchedAtMs + HOUR)
    const aDay = eventsBetween(slow, launchedAtMs, launchedAtMs + DAY)
    expect(anHour.length).toBeGreaterThan(0)
    expect(anHour.map(stepOf).toSorted()).toEqual(aDay.map(stepOf).toSorted())
  })

  it('at pace 30 and with 500 customers has something new every few seconds', () => {
    const shop = createShop({ seed: 1, launchedAtMs, pace: 30 })
    const events = eventsBetween(shop, launchedAtMs, launchedAtMs + HOUR)
    expect(HOUR / events.length).toBeLessThan(10_000)
  })
})

describe('an event', () => {
  const shop = createShop({ seed: 5, customers: 200, launchedAtMs, pace: 100 })
  const [fromMs, toMs] = [launchedAtMs - 30 * DAY, launchedAtMs + 4 * HOUR] as const

  it('lies in the interval that was asked for, and its record says the same time', () => {
    for (const event of eventsBetween(shop, fromMs, toMs)) {
      expect(event.atMs).toBeGreaterThanOrEqual(fromMs)
      expect(event.atMs).toBeLessThan(toMs)
      expect(timeOf(event)).toBe(new Date(event.atMs).toISOString())
    }
  })

  it('keeps to the contract of its product', () => {
    const read = {
      'purchase.orders': rowReader(orders),
      'customer.accounts': rowReader(accounts),
      'marketing.newsletter': rowReader(newsletter),
    }
    const events = eventsBetween(shop, fromMs, toMs)
    for (const { product, record } of events) expect(read[product](record)).toEqual({ record })
    expect(new Set(events.map(({ product }) => product)).size).toBe(3)
  })

  it('is told once: no event id twice, no status of an order twice', () => {
    const steps = eventsBetween(shop, fromMs, toMs).map(stepOf)
    expect(new Set(steps).size).toBe(steps.length)
  })
})

describe('an order', () => {
  it('moves from placed onward, each version later than the one before and alike but for its status', () => {
    const shop = createShop({ seed: 9, customers: 200, launchedAtMs, pace: 1000 })
    const events = eventsBetween(shop, launchedAtMs - 30 * DAY, launchedAtMs + 30 * MINUTE)
    const versions = events.flatMap((e) => (e.product === 'purchase.orders' ? [e.record] : []))
    const lives = [...Map.groupBy(versions, (version) => version.order_id).values()].filter(
      ([first]) => first?.status === 'placed',
    )
    expect(lives.length).toBeGreaterThan(1000)
    const seen = new Set<string>()
    for (const life of lives) {
      seen.add(life.map(({ status }) => status).join(' '))
      const times = life.map(({ updated_at }) => updated_at)
      expect(times[0]).toBe(life[0]?.placed_at)
      expect(times).toEqual([...new Set(times)].toSorted())
      const [first] = life
      for (const version of life)
        expect({ ...version, status: first?.status, updated_at: first?.updated_at }).toEqual(first)
    }
    const whole = ['placed', 'paid', 'shipped', 'completed', 'returned']
    const allowed = [
      ...whole.map((_, steps) => whole.slice(0, steps + 1).join(' ')),
      'placed cancelled',
      'placed paid cancelled',
    ]
    expect(allowed).toEqual(expect.arrayContaining([...seen]))
    expect([...seen]).toEqual(expect.arrayContaining([whole.join(' '), 'placed cancelled']))
  })
})

describe('what cannot be', () => {
  const shop = createShop({ seed: 1, customers: 1 })
  it.each([
    ['a broken seed', () => createShop({ seed: 0.5 }), 'shop_options_invalid'],
    ['nobody', () => createShop({ seed: 1, customers: 0 }), 'shop_options_invalid'],
    ['half a customer', () => createShop({ seed: 1, customers: 1.5 }), 'shop_options_invalid'],
    ['no pace', () => createShop({ seed: 1, launchedAtMs, pace: 0 }), 'shop_options_invalid'],
    ['too fast', () => createShop({ seed: 1, launchedAtMs, pace: 1001 }), 'shop_options_invalid'],
    ['a pace from no launch', () => createShop({ seed: 1, pace: 2 }), 'shop_options_invalid'],
    ['a launch at no time', () => createShop({ seed: 1, launchedAtMs: NaN }), 'shop_options_invalid'],
    ['an interval backwards', () => eventsBetween(shop, 2, 1), 'interval_invalid'],
    ['an interval without end', () => eventsBetween(shop, 0, Infinity), 'interval_invalid'],
    ['labels before 1970', () => labelsBetween(shop, -1, 1), 'interval_invalid'],
  ])('%s is refused', (_, ask, code) => {
    expect(ask).toThrow(expect.objectContaining({ code }))
  })
})

const idOf = ({ product, record }: ShopEvent): string =>
  product === 'purchase.orders' ? record.order_id : record.event_id

const stepOf = (event: ShopEvent): string =>
  event.product === 'purchase.orders' ? `${idOf(event)} ${event.record.status}` : idOf(event)

const timeOf = ({ product, record }: ShopEvent): string =>
  product === 'purchase.orders' ? record.updated_at : record.happened_at
