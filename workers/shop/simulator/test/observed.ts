/** What an outsider sees of a shop, in the shapes that tests ask about, beside the truth about its orders. */
import { eventsBetween } from '../src/events.ts'
import type { AccountRecord, OrderRecord } from '../src/happening.ts'
import { labelsBetween, type OrderLabel } from '../src/labels.ts'
import type { Shop } from '../src/shop.ts'

/** Events and labels of an interval. */
export interface Observed {
  /** Orders as placed, oldest first. */
  readonly orders: readonly OrderRecord[]
  readonly accounts: readonly AccountRecord[]
  readonly labels: readonly OrderLabel[]
  readonly order: (id: string) => OrderRecord
  /** Orders of a customer placed before that order, oldest first. */
  readonly ordersBefore: (order: OrderRecord) => readonly OrderRecord[]
  /** Account events of a customer within so many milliseconds before an order, oldest first. */
  readonly accountBefore: (order: OrderRecord, withinMs: number) => readonly AccountRecord[]
}

/** Looks at [fromMs, toMs) of a shop. */
export function observe(shop: Shop, fromMs: number, toMs: number): Observed {
  const events = eventsBetween(shop, fromMs, toMs)
  const orders = events.flatMap((e) =>
    e.product === 'purchase.orders' && e.record.status === 'placed' ? [e.record] : [],
  )
  const accounts = events.flatMap((e) => (e.product === 'customer.accounts' ? [e.record] : []))
  const byId = new Map(orders.map((order) => [order.order_id, order]))
  const ordersOf = Map.groupBy(orders, (order) => order.customer_id)
  const accountsOf = Map.groupBy(accounts, (event) => event.customer_id)
  return {
    orders,
    accounts,
    labels: labelsBetween(shop, fromMs, toMs),
    order: (id) => {
      const order = byId.get(id)
      if (!order) throw new Error(`no order ${id} was placed`)
      return order
    },
    ordersBefore: ({ customer_id, placed_at }) =>
      (ordersOf.get(customer_id) ?? []).filter((other) => other.placed_at < placed_at),
    accountBefore: ({ customer_id, placed_at }, withinMs) =>
      (accountsOf.get(customer_id) ?? []).filter(
        ({ happened_at }) =>
          happened_at <= placed_at && Date.parse(placed_at) - Date.parse(happened_at) <= withinMs,
      ),
  }
}

/** The middle amount; 0 without orders. */
export function medianCents(orders: readonly OrderRecord[]): number {
  const sorted = orders.map((order) => order.total_cents).toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
