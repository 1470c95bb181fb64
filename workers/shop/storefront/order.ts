/** Orders as the storefront keeps and shows them. */
import type { Judgement } from './judge.ts'
import { StorefrontError } from './problems.ts'

/** An order; times in milliseconds since 1970. */
export interface Order {
  readonly order_id: string
  readonly customer_id: string
  readonly placed_ms: number
  readonly updated_ms: number
  readonly status: 'placed' | 'paid' | 'cancelled'
  readonly total_cents: number
  readonly currency: string
  readonly shipping_address_id: string | null
  readonly payment_method_id: string | null
  readonly item_count: number
  readonly judgement: Judgement
  /** The first flag that covers the order, by its own time, and when it was first read here. */
  readonly covered_epoch_ms: number | null
  readonly covered_seen_ms: number | null
}

type OrderRow = Omit<Order, 'judgement'> & { readonly judgement: string }

const COLUMNS = `order_id, customer_id, placed_ms, updated_ms, status, total_cents, currency, shipping_address_id,
  payment_method_id, item_count, judgement, covered_epoch_ms, covered_seen_ms`

/** One order. @throws {StorefrontError} `order_unknown` */
export async function readOrder(db: D1Database, orderId: string): Promise<Order> {
  const row = await db
    .prepare(`SELECT ${COLUMNS} FROM orders WHERE order_id = ?1`)
    .bind(orderId)
    .first<OrderRow>()
  if (row === null) throw new StorefrontError('order_unknown', 'There is no order of that number.')
  return orderOf(row)
}

/** The newest orders of a customer. */
export async function readOrders(db: D1Database, customerId: string): Promise<readonly Order[]> {
  const { results } = await db
    .prepare(`SELECT ${COLUMNS} FROM orders WHERE customer_id = ?1 ORDER BY placed_ms DESC LIMIT 10`)
    .bind(customerId)
    .all<OrderRow>()
  return results.map(orderOf)
}

/** The order as JSON for programs: times as RFC 3339, the decision with all that led to it. */
export function orderJson(order: Order): object {
  const { placed_ms, updated_ms, covered_epoch_ms, covered_seen_ms, judgement, ...rest } = order
  const { outcome, policy, points, rule, reasons, flag } = judgement
  return {
    ...rest,
    placed_at: instant(placed_ms),
    updated_at: instant(updated_ms),
    decision: { outcome, policy, points, rule, reasons },
    flag: {
      state: flag.state,
      cause: flag.cause,
      age_ms: flag.ageMs,
      as_of: instant(flag.watermarkMs),
      score: flag.score,
      reasons: flag.reasons,
      breaches: flag.breaches,
      events: flag.events,
      took_ms: flag.tookMs,
    },
    loop: {
      flag_published_at: instant(covered_epoch_ms),
      flag_after_ms: covered_epoch_ms === null ? null : Math.max(0, covered_epoch_ms - placed_ms),
      first_read_after_ms: covered_seen_ms === null ? null : Math.max(0, covered_seen_ms - placed_ms),
    },
  }
}

const instant = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

// The judgement was written by `checkout` from this type; later members would be optional in it.
const orderOf = (row: OrderRow): Order => ({ ...row, judgement: JSON.parse(row.judgement) as Judgement })
