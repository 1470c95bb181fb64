/** Frauds and their look-alikes are what their labels say, seen from the records alone. */
import { describe, expect, it } from 'vitest'
import { labelsBetween, type OrderLabel } from '../src/labels.ts'
import { createShop } from '../src/shop.ts'
import { DAY, HOUR } from '../src/time.ts'
import { medianCents, observe } from './observed.ts'

const toMs = Date.UTC(2026, 10, 22)
const fromMs = toMs - 60 * DAY

/** Longer than a story takes, so that its beginning is seen too. */
const before = 45 * DAY
const shop = createShop({ seed: 11 })
const seen = observe(shop, fromMs - before, toMs)
const labelled = (scenario: OrderLabel['scenario'], fraud: boolean) => {
  const labels = seen.labels.filter(
    (l) => l.scenario === scenario && l.fraud === fraud && l.placedAtMs >= fromMs,
  )
  return labels.map(({ order_id }) => seen.order(order_id))
}
const usualBefore = (order: ReturnType<typeof seen.order>) => {
  const stories = new Set(seen.labels.map(({ order_id }) => order_id))
  return medianCents(seen.ordersBefore(order).filter(({ order_id }) => !stories.has(order_id)))
}

describe('shares', () => {
  it.each([1, 2, 3, 4, 5])('of fraud are about 0.8 % of orders, in all four kinds (seed %i)', (seed) => {
    const { orders, labels } = observe(createShop({ seed }), fromMs, toMs)
    const fraud = labels.filter((label) => label.fraud)
    expect(fraud.length / orders.length).toBeGreaterThan(0.006)
    expect(fraud.length / orders.length).toBeLessThan(0.011)
    const kinds = ['account_takeover', 'card_testing', 'slow_walk_up', 'new_account'] as const
    for (const kind of kinds)
      expect(fraud.filter((l) => l.scenario === kind).length).toBeGreaterThanOrEqual(5)
    const lookAlikes = ['moved_house', 'seasonal_splurge', 'big_first_order', 'traveller'] as const
    for (const kind of lookAlikes)
      expect(labels.filter((l) => l.scenario === kind).length).toBeGreaterThanOrEqual(8)
  })

  it('of look-alikes are never fraud', () => {
    const kinds = ['moved_house', 'seasonal_splurge', 'big_first_order', 'traveller']
    const { labels } = seen
    expect(labels.filter((l) => l.fraud && kinds.includes(l.scenario))).toEqual([])
  })

  it('count each order once, and only orders that were placed', () => {
    const ids = seen.labels.map(({ order_id }) => order_id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { order_id, customer_id, placedAtMs } of seen.labels) {
      const order = seen.order(order_id)
      expect(order.customer_id).toBe(customer_id)
      expect(Date.parse(order.placed_at)).toBe(placedAtMs)
    }
  })

  it('are the same at every pace, later in shorter time', () => {
    const fast = createShop({ seed: 11, launchedAtMs: fromMs, pace: 60 })
    const ids = labelsBetween(fast, fromMs, fromMs + DAY).map(({ order_id }) => order_id)
    const slowIds = labelsBetween(createShop({ seed: 11 }), fromMs, toMs).map(({ order_id }) => order_id)
    expect(ids.toSorted()).toEqual(slowIds.toSorted())
  })
})

describe('fraud', () => {
  it('by takeover follows a new device, a reset or new e-mail, and a change to the address that gets the order', () => {
    const orders = labelled('account_takeover', true)
    for (const order of orders) {
      const steps = seen.accountBefore(order, 2 * DAY)
      const change = steps.findLast(({ details }) => details.address_id === order.shipping_address_id)
      const at = (event: string) => steps.find((step) => step.event === event)?.happened_at ?? '~'
      expect(change?.event).toBe('address_changed')
      expect(at('new_device_login') < (change?.happened_at ?? '')).toBe(true)
      expect(
        at('password_reset') < (change?.happened_at ?? '') ||
          at('email_changed') < (change?.happened_at ?? ''),
      ).toBe(true)
      expect(order.total_cents).toBeGreaterThanOrEqual(15_000)
    }
    expect(orders.length).toBeGreaterThan(10)
  })

  it('by card testing is a burst of small orders, then a big one with a card never seen', () => {
    const bursts = [...Map.groupBy(labelled('card_testing', true), (order) => order.customer_id).values()]
    expect(bursts.length).toBeGreaterThanOrEqual(2)
    for (const burst of bursts) {
      const last = burst.at(-1)
      const small = burst.slice(0, -1)
      expect(small.length).toBeGreaterThanOrEqual(4)
      for (const { total_cents } of small) expect(total_cents).toBeLessThan(1000)
      expect(last?.total_cents).toBeGreaterThanOrEqual(20_000)
      expect(Date.parse(last?.placed_at ?? '') - Date.parse(burst[0]?.placed_at ?? '')).toBeLessThan(4 * HOUR)
      const cards = last ? seen.ordersBefore(last).map((order) => order.payment_method_id) : []
      expect(cards).not.toContain(last?.payment_method_id)
    }
  })

  it('by slow walk-up comes after fifty or more quiet orders that rise, to the usual address', () => {
    const bigs = [...Map.groupBy(labelled('slow_walk_up', true), (order) => order.customer_id).values()]
    expect(bigs.length).toBeGreaterThanOrEqual(2)
    for (const [big] of bigs) {
      const ids = new Set(
        seen.labels.filter((l) => l.scenario === 'slow_walk_up' && !l.fraud).map((l) => l.order_id),
      )
      const quiet = big ? seen.ordersBefore(big).filter(({ order_id }) => ids.has(order_id)) : []
      expect(quiet.length).toBeGreaterThanOrEqual(50)
      expect(medianCents(quiet.slice(-10))).toBeGreaterThan(2 * medianCents(quiet.slice(0, 10)))
      expect(big?.total_cents).toBeGreaterThan(2 * medianCents(quiet.slice(-10)))
      expect(big?.shipping_address_id).toBe(quiet[0]?.shipping_address_id)
    }
  })

  it('with a new account is a big order within two days of the first trace, to an address just changed', () => {
    const orders = labelled('new_account', true)
    for (const order of orders) {
      const all = seen.accountBefore(order, before + 60 * DAY)
      expect(all).toEqual(seen.accountBefore(order, 2 * DAY))
      expect(all.map(({ event }) => event)).toEqual([
        'new_device_login',
        'address_changed',
        'address_changed',
      ])
      expect(all.at(-1)?.details.address_id).toBe(order.shipping_address_id)
      expect(order.total_cents).toBeGreaterThanOrEqual(20_000)
    }
    expect(orders.length).toBeGreaterThan(10)
  })
})

describe('look-alike', () => {
  it('moved house: an address change, then orders of usual amounts', () => {
    const orders = labelled('moved_house', false)
    for (const order of orders)
      expect(seen.accountBefore(order, 15 * DAY).map(({ event }) => event)).toContain('address_changed')
    const ratios = orders.filter((o) => usualBefore(o) > 0).map((o) => o.total_cents / usualBefore(o))
    const sorted = ratios.toSorted((a, b) => a - b)
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(1.5)
  })

  it('seasonal splurge: far above the usual, to an address without a change', () => {
    const orders = labelled('seasonal_splurge', false)
    const ratios = orders.filter((o) => usualBefore(o) > 0).map((o) => o.total_cents / usualBefore(o))
    const sorted = ratios.toSorted((a, b) => a - b)
    expect(sorted[Math.floor(sorted.length / 2)]).toBeGreaterThan(3)
  })

  it('big first order: of somebody who has just joined and ordered nothing before', () => {
    for (const order of labelled('big_first_order', false)) {
      expect(seen.accountBefore(order, 3 * DAY).map(({ event }) => event)).toEqual(
        expect.arrayContaining(['new_device_login', 'address_changed']),
      )
      expect(order.total_cents).toBeGreaterThan(5000)
    }
  })

  it('traveller: a sign-in from abroad within a week', () => {
    const homes = new Map(shop.customers.map(({ id, country }) => [id, country]))
    for (const order of labelled('traveller', false)) {
      const events = seen.accountBefore(order, 7 * DAY)
      const logins = events.filter(({ event }) => event === 'new_device_login')
      const countries = logins.map(({ details }) => details.country)
      expect(countries.some((country) => country !== homes.get(order.customer_id))).toBe(true)
    }
  })
})
