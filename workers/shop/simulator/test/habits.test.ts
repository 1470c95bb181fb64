/** Customers have habits: many order rarely, few often, each for amounts and to addresses of their own. */
import { describe, expect, it } from 'vitest'
import { eventsBetween } from '../src/events.ts'
import { createShop } from '../src/shop.ts'
import { DAY, WEEK } from '../src/time.ts'
import { medianCents, observe } from './observed.ts'

const toMs = Date.UTC(2026, 10, 22)
const fromMs = toMs - 60 * DAY
const shop = createShop({ seed: 1 })

describe('60 days of 500 customers', () => {
  const { orders, accounts, labels } = observe(shop, fromMs, toMs)
  const byCustomer = [...Map.groupBy(orders, (order) => order.customer_id).values()].toSorted(
    (a, b) => b.length - a.length,
  )

  it('hold about 0.3 orders a customer and day', () => {
    const rate = orders.length / (500 * 60)
    expect(rate).toBeGreaterThan(0.25)
    expect(rate).toBeLessThan(0.38)
  })

  it('have a heavy tail: a tenth of the customers makes a third of the orders', () => {
    const ofTenth = byCustomer.slice(0, byCustomer.length / 10).flat().length
    expect(ofTenth / orders.length).toBeGreaterThan(0.33)
  })

  it('show customers with amounts of their own', () => {
    const medians = byCustomer.filter((all) => all.length >= 10).map(medianCents)
    const sorted = medians.toSorted((a, b) => a - b)
    const quantile = (share: number) => sorted[Math.floor(share * sorted.length)] ?? 0
    expect(quantile(0.9) / quantile(0.1)).toBeGreaterThan(3)
  })

  it('show one to four addresses and one to three cards of a customer without a story', () => {
    const inStory = new Set(labels.map(({ customer_id }) => customer_id))
    for (const all of byCustomer) {
      if (inStory.has(all[0]?.customer_id ?? '')) continue
      expect(new Set(all.flatMap((order) => order.shipping_address_id ?? [])).size).toBeLessThanOrEqual(4)
      expect(new Set(all.map((order) => order.payment_method_id)).size).toBeLessThanOrEqual(3)
    }
  })

  it('have all kinds of account events', () => {
    const kinds = Map.groupBy(accounts, ({ event }) => event)
    for (const event of ['address_changed', 'email_changed', 'password_reset', 'new_device_login'] as const)
      expect(kinds.get(event)?.length ?? 0).toBeGreaterThan(10)
  })
})

describe('the newsletter', () => {
  const from = toMs - 12 * WEEK
  const events = eventsBetween(shop, from, toMs)
  const mails = events.flatMap((e) => (e.product === 'marketing.newsletter' ? [e.record] : []))
  const sent = mails.filter(({ action }) => action === 'mailed')
  const { orders } = observe(shop, from, toMs)

  it('sends a campaign a week, to each recipient once', () => {
    const campaigns = Map.groupBy(sent, ({ campaign_id }) => campaign_id)
    expect(campaigns.size).toBeGreaterThanOrEqual(11)
    expect(campaigns.size).toBeLessThanOrEqual(13)
    for (const [campaign, to] of campaigns) {
      expect(campaign).toMatch(/^cmp_2026_\d\d$/)
      expect(to.length).toBeGreaterThan(150)
      expect(new Set(to.map(({ customer_id }) => customer_id)).size).toBe(to.length)
    }
  })

  it('names the campaign of what was sent, and of nothing else', () => {
    for (const { action, campaign_id } of mails) expect(campaign_id !== null).toBe(action === 'mailed')
  })

  it('knows the channel of who subscribes and leaves, and of nothing else', () => {
    for (const { action, channel } of mails) expect(channel === null).toBe(action === 'mailed')
    expect(new Set(mails.map(({ channel }) => channel)).size).toBe(4)
  })

  it('is sent to nobody between a farewell and the next subscription', () => {
    const left = new Set<string>()
    for (const { action, customer_id } of mails) {
      expect(action === 'mailed' && left.has(customer_id)).toBe(false)
      if (action === 'unsubscribed') left.add(customer_id)
      if (action === 'subscribed') left.delete(customer_id)
    }
    expect(left.size).toBeGreaterThan(0)
  })

  it('brings orders of recipients, soon after the mail: many by some campaigns, few by others', () => {
    const sentAt = new Map(sent.map((mail) => [`${mail.campaign_id} ${mail.customer_id}`, mail.happened_at]))
    const first = sent[0]?.campaign_id ?? ''
    const rates = new Map(sent.map(({ campaign_id }) => [campaign_id, 0]))
    for (const { campaign_id, customer_id, placed_at } of orders) {
      if (campaign_id === null || campaign_id < first) continue
      const sent_at = sentAt.get(`${campaign_id} ${customer_id}`) ?? '(never sent)'
      expect(Date.parse(placed_at) - Date.parse(sent_at)).toBeGreaterThan(0)
      expect(Date.parse(placed_at) - Date.parse(sent_at)).toBeLessThan(5 * DAY)
      rates.set(campaign_id, (rates.get(campaign_id) ?? 0) + 1 / 300)
    }
    expect([...rates.values()].filter((rate) => rate > 0.04).length).toBeGreaterThanOrEqual(2)
    expect([...rates.values()].filter((rate) => rate < 0.01).length).toBeGreaterThanOrEqual(2)
  })
})
