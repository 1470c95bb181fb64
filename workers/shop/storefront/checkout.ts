/** Checkout: an order is judged, and written in one transaction with its outbox row and all that follows from it. */
import { alertCustomer } from './alert.ts'
import { countFlag } from './alarm.ts'
import { noteCoverage } from './coverage.ts'
import type { World } from './env.ts'
import type { CheckoutInput } from './input.ts'
import { judge, type Judgement } from './judge.ts'
import { readOrder, type Order } from './order.ts'
import { tick, TIME } from './outbox/clock.ts'
import { enqueueOrder } from './outbox/enqueue.ts'
import { flush } from './outbox/flush.ts'
import { StorefrontError } from './problems.ts'

/** How long the link in the customer's inbox works. */
const CONFIRM_WITHIN_MS = 86_400_000

/** An order that was placed. `again`: its cart had been ordered before, nothing was written. */
export interface Placed {
  readonly order: Order
  readonly again: boolean
}

/** Places an order. @throws {StorefrontError} `cart_reused` when the cart was ordered with other content. */
export async function checkout(world: World, input: CheckoutInput): Promise<Placed> {
  const known = await orderOfCart(world.db, input)
  if (known !== null) return { order: known, again: true }
  const judgement = await judge(world, input)
  const orderId = `ord_${world.newId().slice(0, 16)}`
  try {
    await world.db.batch([...statements(world, orderId, input, judgement)])
  } catch (error) {
    // The same cart from a second click, a moment earlier: the transaction as a whole was refused.
    const first = await orderOfCart(world.db, input)
    if (first === null) throw error
    return { order: first, again: true }
  }
  world.waitUntil(flush(world))
  return { order: await readOrder(world.db, orderId), again: false }
}

function statements(
  { db, now, newId }: World,
  orderId: string,
  order: CheckoutInput,
  judgement: Judgement,
): readonly D1PreparedStatement[] {
  const nowMs = now()
  const { outcome, reasons, rule, flag, contactBeforeMs } = judgement
  const { customer_id: customerId } = order
  const held =
    outcome === 'approve'
      ? []
      : [
          ...alertCustomer(db, {
            alertId: `alt_${newId()}`,
            customerId,
            kind: 'order',
            subjectId: orderId,
            // An order may be held by a rule alone, such as a limit.
            because: reasons.length > 0 ? reasons.map(({ because }) => because) : [rule],
            contactBeforeMs,
          }),
          db
            .prepare(
              `INSERT INTO confirmations (token, order_id, expires_ms) VALUES (?1, ?2, ${TIME} + ${CONFIRM_WITHIN_MS})`,
            )
            .bind(newId(), orderId),
        ]
  return [
    tick(db, nowMs),
    db
      .prepare(
        `INSERT INTO customers (customer_id, first_seen_ms) VALUES (?1, ${TIME}) ON CONFLICT DO NOTHING`,
      )
      .bind(customerId),
    db
      .prepare(
        `INSERT INTO orders (order_id, cart_id, customer_id, placed_ms, updated_ms, status, total_cents, currency,
           shipping_address_id, payment_method_id, item_count, campaign_id, session_id, decision, judgement)
         VALUES (?1, ?2, ?3, ${TIME}, ${TIME}, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)`,
      )
      .bind(
        orderId,
        order.cart_id,
        customerId,
        outcome === 'approve' ? 'paid' : 'placed',
        order.total_cents,
        order.currency,
        order.shipping_address_id,
        order.payment_method_id,
        order.item_count,
        order.campaign_id,
        order.session_id,
        outcome,
        JSON.stringify(judgement),
      ),
    ...owned(db, customerId, 'address', order.shipping_address_id),
    ...owned(db, customerId, 'card', order.payment_method_id),
    enqueueOrder(db, orderId),
    ...held,
    ...countFlag(db, flag, nowMs),
    ...noteCoverage(db, flag, nowMs),
  ]
}

const owned = (
  db: D1Database,
  customerId: string,
  kind: 'address' | 'card',
  id: string | null,
): readonly D1PreparedStatement[] =>
  id === null
    ? []
    : [
        db
          .prepare(
            `INSERT INTO belongings (customer_id, kind, id, since_ms) VALUES (?1, ?2, ?3, ${TIME}) ON CONFLICT DO NOTHING`,
          )
          .bind(customerId, kind, id),
      ]

/** What a cart holds: with any of it changed, the answer to the order before would be a lie. */
const content = [
  'customer_id',
  'total_cents',
  'currency',
  'item_count',
  'shipping_address_id',
  'payment_method_id',
] as const satisfies readonly (keyof CheckoutInput & keyof Order)[]

async function orderOfCart(db: D1Database, input: CheckoutInput): Promise<Order | null> {
  if (input.cart_id === null) return null
  const found = await db
    .prepare('SELECT order_id FROM orders WHERE cart_id = ?1')
    .bind(input.cart_id)
    .first<{ order_id: string }>()
  if (found === null) return null
  const order = await readOrder(db, found.order_id)
  if (content.every((name) => order[name] === input[name])) return order
  throw new StorefrontError('cart_reused', 'This cart was ordered already, with other content.')
}
