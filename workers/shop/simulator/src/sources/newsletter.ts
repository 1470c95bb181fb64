/** The newsletter: subscriptions, a campaign a week, and the orders that campaigns bring. */
import type { Customer } from '../customer.ts'
import { Draws } from '../draws.ts'
import type { NewsletterEvent, NewsletterRecord, Source } from '../happening.ts'
import { innocentStory } from '../innocent.ts'
import { customersBetween } from '../newcomers.ts'
import { placeOrder } from '../order.ts'
import { isSubscribed, subscriptionChanges } from '../subscription.ts'
import { DAY, HOUR, MINUTE, WEEK } from '../time.ts'

/** The first Monday of Unix time. */
const FIRST_MONDAY = 4 * DAY
const SENT_WITHIN = 90 * MINUTE
const FORGOTTEN_AFTER = 4 * DAY

/** Who joins and leaves the newsletter. */
export const subscriptions: Source = {
  reachMs: 0,
  *happenings(shop, fromMs, toMs) {
    for (const customer of customersBetween(shop, fromMs, toMs))
      for (const { action, number, atMs } of subscriptionChanges(shop.seed, customer, fromMs, toMs)) {
        const draws = new Draws(shop.seed, 'subscription', customer.key, number)
        const event = newsletterEvent(customer, atMs, draws, action)
        yield { ...event, event: { ...event.event, channel: draws.pick(channels[action]) } }
      }
  },
}

/** Each campaign goes to all subscribers within an hour and a half; some order because of it within days. */
export const campaigns: Source = {
  reachMs: SENT_WITHIN + FORGOTTEN_AFTER,
  *happenings(shop, fromMs, toMs) {
    const recipients = customersBetween(shop, fromMs, toMs)
    for (const { number, campaignId, atMs, orderRate } of campaignsBetween(shop.seed, fromMs, toMs))
      for (const customer of recipients) {
        const draws = new Draws(shop.seed, 'campaign recipient', customer.key, number)
        const sentMs = Math.floor(atMs + draws.uniform() * SENT_WITHIN)
        if (!isSubscribed(shop.seed, customer, sentMs)) continue
        yield newsletterEvent(customer, sentMs, draws, 'mailed', campaignId)
        if (!draws.chance(orderRate * customer.campaignFactor)) continue
        const orderMs = sentMs + draws.between(MINUTE, HOUR) + draws.waiting(8 * HOUR, FORGOTTEN_AFTER - HOUR)
        const story = innocentStory(shop.seed, customer, orderMs)
        yield placeOrder(shop, customer, orderMs, draws, { campaignId, story })
      }
  },
}

/** Where people subscribe and leave. */
const channels = {
  subscribed: ['checkout', 'checkout', 'website'],
  unsubscribed: ['mail_link', 'mail_link', 'mail_link', 'website'],
} as const

interface Campaign {
  readonly number: number
  readonly campaignId: string
  readonly atMs: number
  /** Share of recipients who order because of it. */
  readonly orderRate: number
}

/** Share of recipients who order because of a campaign: of four in a row one is a hit, one a flop. */
const orderRates = [0.07, 0.02, 0.003, 0.015] as const

/** One campaign a week, on a Tuesday, Wednesday or Thursday morning. */
function* campaignsBetween(seed: number, fromMs: number, toMs: number): Generator<Campaign> {
  for (let number = Math.floor((fromMs - FIRST_MONDAY) / WEEK); ; number++) {
    const mondayMs = FIRST_MONDAY + number * WEEK
    if (mondayMs >= toMs) return
    const draws = new Draws(seed, 'campaign', number)
    const atMs = mondayMs + draws.whole(1, 3) * DAY + Math.floor(draws.between(7, 9) * HOUR)
    const turn = new Draws(seed, 'campaign round', Math.floor(number / orderRates.length)).whole(0, 3)
    const orderRate = orderRates[(number + turn) % orderRates.length] ?? orderRates[0]
    if (atMs >= fromMs && atMs < toMs) yield { number, campaignId: campaignIdOf(mondayMs), atMs, orderRate }
  }
}

/** `cmp_2026_45`: year and week as ISO 8601 counts them, by the week's Thursday. */
function campaignIdOf(mondayMs: number): string {
  const thursdayMs = mondayMs + 3 * DAY
  const year = new Date(thursdayMs).getUTCFullYear()
  const week = Math.floor((thursdayMs - Date.UTC(year, 0, 1)) / WEEK) + 1
  return `cmp_${year}_${String(week).padStart(2, '0')}`
}

const newsletterEvent = (
  customer: Customer,
  atMs: number,
  draws: Draws,
  action: NewsletterRecord['action'],
  campaign_id: string | null = null,
): NewsletterEvent => ({
  kind: 'newsletter',
  atMs,
  customer,
  event: { event_id: draws.id('nws_', 10), customer_id: customer.id, action, campaign_id, channel: null },
})
