/** Who subscribes to the newsletter when. */
import type { Customer } from './customer.ts'
import { Draws } from './draws.ts'
import { DAY, MINUTE } from './time.ts'

/** Somebody joins or leaves. */
export interface SubscriptionChange {
  readonly action: 'subscribed' | 'unsubscribed'
  readonly number: number
  /** Shop time. */
  readonly atMs: number
}

/** How long somebody who subscribes `sometimes` keeps an opinion. */
const OPINION_MS = 120 * DAY
const ASKED_AFTER = 12 * MINUTE
const GOLDEN = 0.618033988749895

/** Whether a campaign at that shop time goes to the customer. */
export const isSubscribed = (seed: number, customer: Customer, atMs: number): boolean =>
  atMs >= customer.sinceMs + ASKED_AFTER && wants(seed, customer, opinionOf(customer, atMs))

/** All subscriptions and farewells in [fromMs, toMs). */
export function* subscriptionChanges(
  seed: number,
  customer: Customer,
  fromMs: number,
  toMs: number,
): Generator<SubscriptionChange> {
  const joinedMs = customer.sinceMs + ASKED_AFTER
  if (joinedMs >= fromMs && joinedMs < toMs && isSubscribed(seed, customer, joinedMs))
    yield { action: 'subscribed', number: -1, atMs: joinedMs }
  if (customer.newsletter !== 'sometimes') return
  for (let number = opinionOf(customer, fromMs); number <= opinionOf(customer, toMs); number++) {
    const atMs = number * OPINION_MS + shiftOf(customer)
    const now = wants(seed, customer, number)
    if (atMs > joinedMs && now !== wants(seed, customer, number - 1))
      yield { action: now ? 'subscribed' : 'unsubscribed', number, atMs }
  }
}

const wants = (seed: number, customer: Customer, opinion: number): boolean =>
  customer.newsletter === 'always' ||
  (customer.newsletter === 'sometimes' &&
    new Draws(seed, 'newsletter opinion', customer.key, opinion).chance(0.5))

const opinionOf = (customer: Customer, atMs: number): number =>
  Math.floor((atMs - shiftOf(customer)) / OPINION_MS)

const shiftOf = (customer: Customer): number => Math.floor(((customer.key * GOLDEN) % 1) * OPINION_MS)
