/** The risk context of a customer, from orders and account events. A pure function: timestamps, never ages. */
import type { Row } from '@meshloop/contract'
import { addressChanges, newest } from './account.ts'
import type { fraud } from './contract.ts'
import type { AccountEvent, Order } from './history.ts'
import { knownOf } from './known.ts'
import { judge } from './score.ts'
import { amountsOf, counts, spendingOf } from './spending.ts'

/** The record of one customer; undefined of somebody who was never seen. Both lists oldest first. */
export function riskContext(
  customer_id: string,
  orders: readonly Order[],
  events: readonly AccountEvent[],
): Row<typeof fraud> | undefined {
  const lastOrder = orders.at(-1)
  const seen = [lastOrder?.placed_at ?? '', events.at(-1)?.happened_at ?? '']
  const last_seen_at = seen.toSorted().at(-1)
  if (last_seen_at === undefined || last_seen_at === '') return undefined
  const { score, reasons } = judge(orders, events)
  const kept = orders.filter(counts)
  return {
    customer_id,
    last_seen_at,
    score,
    reasons: reasons.map((reason) => ({ ...reason })),
    orders: kept.length,
    ...amounts(orders, kept.at(-1)?.currency ?? null),
    first_order_at: kept[0]?.placed_at ?? null,
    last_order_at: lastOrder?.placed_at ?? null,
    known_addresses: lastOrder ? knownOf(orders, 'shipping_address_id', lastOrder.placed_at) : [],
    known_cards: lastOrder ? knownOf(orders, 'payment_method_id', lastOrder.placed_at) : [],
    address_changed_at: newest(addressChanges(events, orders), 'address_changed'),
    email_changed_at: newest(events, 'email_changed'),
    password_reset_at: newest(events, 'password_reset'),
    new_device_at: newest(events, 'new_device_login'),
  }
}

function amounts(orders: readonly Order[], currency: string | null) {
  const spending = currency === null ? undefined : spendingOf(orders, currency)
  return {
    usual_cents: spending?.usualCents ?? null,
    spread_cents: spending?.spreadCents ?? null,
    largest_cents: currency === null ? null : Math.max(...amountsOf(orders, currency)),
    long_run_cents: spending?.longRunCents ?? null,
    currency,
  }
}
