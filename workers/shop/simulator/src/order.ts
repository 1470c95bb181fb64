/** Makes orders: ordinary ones by the customer's habits, others by what a story says. */
import { usualAddress, usualCard } from './belongings.ts'
import type { Customer } from './customer.ts'
import type { Draws } from './draws.ts'
import type { OrderPlaced, Story } from './happening.ts'
import type { Shop } from './shop.ts'

/** How an order differs from the customer's habits. */
export interface Unusual {
  readonly totalCents?: number
  readonly addressId?: string
  readonly cardId?: string
  readonly campaignId?: string
  readonly story?: Story | undefined
}

const LEAST_CENTS = 100

/** An order at that shop time; all that `unusual` leaves open follows from the customer's habits and the draws. */
export function placeOrder(
  { seed }: Shop,
  customer: Customer,
  atMs: number,
  draws: Draws,
  unusual: Unusual = {},
): OrderPlaced {
  const at = Math.floor(atMs)
  const byHabit = draws.logNormal(customer.usualCents, customer.amountSigma)
  const totalCents = Math.max(LEAST_CENTS, Math.round(unusual.totalCents ?? byHabit))
  const pickedUp = draws.chance(0.02)
  const byPhone = draws.chance(0.05)
  return {
    kind: 'order',
    atMs: at,
    customer,
    story: unusual.story,
    order: {
      order_id: draws.id('ord_', 10),
      customer_id: customer.id,
      total_cents: totalCents,
      currency: customer.currency,
      shipping_address_id: unusual.addressId ?? (pickedUp ? null : usualAddress(seed, customer, at, draws)),
      payment_method_id: unusual.cardId ?? usualCard(seed, customer, at, draws),
      item_count: Math.max(1, Math.round((totalCents / 2500) * draws.between(0.5, 1.5))),
      campaign_id: unusual.campaignId ?? null,
      session_id: byPhone && unusual.campaignId === undefined ? null : draws.id('ses_', 8),
    },
  }
}
