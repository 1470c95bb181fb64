/** Measures the loop: the time from an order to the published flag whose watermark covers it. */
import type { World } from './env.ts'
import { readFlag, type FlagSeen } from './flag.ts'
import { readOrder, type Order } from './order.ts'

/** Notes which orders a flag covers for the first time: with the flag's own time, and when the shop first read it. */
export const noteCoverage = (
  db: D1Database,
  flag: FlagSeen,
  seenMs: number,
): readonly D1PreparedStatement[] =>
  flag.watermarkMs === null
    ? []
    : [
        db
          .prepare(
            `UPDATE orders SET covered_epoch_ms = ?1, covered_seen_ms = ?2 WHERE covered_seen_ms IS NULL AND placed_ms <= ?3`,
          )
          .bind(flag.epochMs, seenMs, flag.watermarkMs),
      ]

/** Reads the flag of whoever waits longest and notes what it covers; nothing if nobody waits. */
export async function measureLoop(world: World): Promise<void> {
  const { db, now } = world
  const waiting = await db
    .prepare('SELECT customer_id FROM orders WHERE covered_seen_ms IS NULL ORDER BY placed_ms LIMIT 1')
    .first<{ customer_id: string }>()
  if (waiting === null) return
  const { seen } = await readFlag(world, waiting.customer_id)
  const notes = noteCoverage(db, seen, now())
  if (notes.length > 0) await db.batch([...notes])
}

/** An order; who looks at one that waits for its flag looks at the flag too. @throws {StorefrontError} `order_unknown` */
export async function readMeasured(world: World, orderId: string): Promise<Order> {
  const { db, now } = world
  const order = await readOrder(db, orderId)
  if (order.covered_seen_ms !== null) return order
  const { seen } = await readFlag(world, order.customer_id)
  const notes = noteCoverage(db, seen, now())
  if (notes.length === 0) return order
  await db.batch([...notes])
  return readOrder(db, orderId)
}
