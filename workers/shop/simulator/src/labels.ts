/** The truth about orders, for evaluating models. It never leaves the simulator in a record. */
import { checkInterval } from './events.ts'
import type { Story } from './happening.ts'
import { happeningsBetween } from './happenings.ts'
import { toShopTime, toWallTime } from './pace.ts'
import type { Shop } from './shop.ts'

/** What an order is part of. A look-alike is never fraud; of a slow walk-up only the big orders at the end are. */
export interface OrderLabel extends Story {
  readonly order_id: string
  readonly customer_id: string
  /** Unix milliseconds, as `placed_at` of the order. */
  readonly placedAtMs: number
}

/**
 * Labels of the orders placed in [fromMs, toMs) (Unix milliseconds, wall time), oldest first. An order without a label is
 * an ordinary one.
 *
 * @throws {SimulatorError} `interval_invalid`
 */
export function labelsBetween(shop: Shop, fromMs: number, toMs: number): OrderLabel[] {
  checkInterval(fromMs, toMs)
  const labels: OrderLabel[] = []
  for (const happening of happeningsBetween(shop, toShopTime(shop, fromMs), toShopTime(shop, toMs))) {
    if (happening.kind !== 'order' || !happening.story) continue
    const { order_id, customer_id } = happening.order
    labels.push({ ...happening.story, order_id, customer_id, placedAtMs: toWallTime(shop, happening.atMs) })
  }
  return labels.sort((a, b) => a.placedAtMs - b.placedAtMs)
}
