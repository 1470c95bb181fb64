/** "It was me": the answer to the link in the customer's inbox. It counts once, for one order, and for nothing else. */
import type { World } from './env.ts'
import type { Answer } from './input.ts'
import { readOrder, type Order } from './order.ts'
import { tick, TIME } from './outbox/clock.ts'
import { enqueueOrder } from './outbox/enqueue.ts'
import { flush } from './outbox/flush.ts'
import { StorefrontError } from './problems.ts'

/** So many a minute: a run is bounded. */
const MAX_CANCELLED = 50

/** A link and the order that it answers for. */
export interface Confirmation {
  readonly order: Order
  readonly expiresMs: number
  readonly answer: Answer | null
}

interface ConfirmationRow {
  readonly order_id: string
  readonly expires_ms: number
  readonly answer: Answer | null
  readonly attempt: string | null
}

/** What a link is about; looking at it answers nothing (mail programs open links). @throws {StorefrontError} `link_unknown` */
export async function readConfirmation(db: D1Database, token: string): Promise<Confirmation> {
  const row = await find(db, token)
  return { order: await readOrder(db, row.order_id), expiresMs: row.expires_ms, answer: row.answer }
}

/**
 * Answers. "me" pays the order, "not_me" cancels it; an order under review can only be cancelled, since whoever took
 * over an account may read its messages too.
 *
 * @throws {StorefrontError} `link_unknown`, `link_used`, `link_expired`, `answer_refused`
 */
export async function confirm(world: World, token: string, answer: Answer): Promise<Order> {
  const { db, now, newId } = world
  const { order_id: orderId } = await find(db, token)
  const attempt = newId()
  await db.batch([
    tick(db, now()),
    db
      .prepare(
        `UPDATE confirmations SET answer = ?2, answered_ms = ${TIME}, attempt = ?3
         WHERE token = ?1 AND answer IS NULL AND expires_ms > ${TIME}
           AND EXISTS (SELECT 1 FROM orders o WHERE o.order_id = confirmations.order_id AND o.status = 'placed'
             AND (?2 = 'not_me' OR o.decision = 'step_up'))`,
      )
      .bind(token, answer, attempt),
    db
      .prepare(
        `UPDATE orders SET status = ?2, updated_ms = ${TIME}
         WHERE order_id = ?1 AND EXISTS (SELECT 1 FROM confirmations WHERE order_id = ?1 AND attempt = ?3)`,
      )
      .bind(orderId, answer === 'me' ? 'paid' : 'cancelled', attempt),
    enqueueOrder(db, orderId, attempt),
  ])
  const after = await find(db, token)
  const order = await readOrder(db, orderId)
  if (after.attempt !== attempt) throw refusal(after, order, now())
  world.waitUntil(flush(world))
  return order
}

/** Cancels orders whose customers were asked and have not answered in time; those under review wait for their person. */
export async function cancelUnanswered({ db, now }: Pick<World, 'db' | 'now'>): Promise<void> {
  const due = await db
    .prepare(
      `SELECT o.order_id FROM orders o JOIN confirmations c ON c.order_id = o.order_id
       WHERE o.status = 'placed' AND o.decision = 'step_up' AND c.answer IS NULL AND c.expires_ms <= ?1 LIMIT ?2`,
    )
    .bind(now(), MAX_CANCELLED)
    .all<{ order_id: string }>()
  for (const { order_id: orderId } of due.results)
    await db.batch([
      tick(db, now()),
      db
        .prepare(
          `UPDATE orders SET status = 'cancelled', updated_ms = ${TIME} WHERE order_id = ?1 AND status = 'placed'`,
        )
        .bind(orderId),
      enqueueOrder(db, orderId),
    ])
}

async function find(db: D1Database, token: string): Promise<ConfirmationRow> {
  const row = await db
    .prepare('SELECT order_id, expires_ms, answer, attempt FROM confirmations WHERE token = ?1')
    .bind(token)
    .first<ConfirmationRow>()
  if (row === null) throw new StorefrontError('link_unknown', 'This link is for no order.')
  return row
}

function refusal({ answer, expires_ms }: ConfirmationRow, order: Order, nowMs: number): StorefrontError {
  if (answer !== null)
    return new StorefrontError('link_used', `This link was used already; the order is ${order.status}.`)
  if (expires_ms <= nowMs)
    return new StorefrontError('link_expired', 'This link has expired; the order waits no more.')
  return new StorefrontError('answer_refused', 'A person looks at this order; the link can only cancel it.')
}
