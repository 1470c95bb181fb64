/** Judges an order before it is written: flag, what the shop knows itself, reasons, decision. */
import { assess, assessAlone, recentScore, type Basket } from './assess/assess.ts'
import { decide, policyOf, type Decision } from './assess/policy.ts'
import type { World } from './env.ts'
import { readFlag, type FlagSeen } from './flag.ts'
import type { CheckoutInput } from './input.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** A change of the e-mail address within this time makes the contact data before it the ones to write to. */
const CONTACT_RECENT_MS = 30 * DAY_MS

/** A decision with the flag that it saw. */
export interface Judgement extends Decision {
  readonly flag: FlagSeen
  /** Write to the contact data of before this moment; null: to the current ones. */
  readonly contactBeforeMs: number | null
}

interface OwnFacts {
  readonly orders_last_hour: number
  readonly address_changed_ms: number | null
  readonly is_known_address: number
}

/** Judges. The flag is read while the database is asked. */
export async function judge(world: World, order: CheckoutInput): Promise<Judgement> {
  const nowMs = world.now()
  const [flag, own] = await Promise.all([
    readFlag(world, order.customer_id),
    ownFacts(world.db, order, nowMs),
  ])
  const [address, card] = await Promise.all([
    flag.hash('address', order.shipping_address_id),
    flag.hash('card', order.payment_method_id),
  ])
  const basket: Basket = {
    totalCents: order.total_cents,
    currency: order.currency,
    address,
    card,
    ordersLastHour: own.orders_last_hour,
    addressChangedMs: own.address_changed_ms,
    nowMs,
  }
  const reasons = flag.context === undefined ? assessAlone(basket) : assess(flag.context, basket)
  const decision = decide(
    policyOf(flag.seen.state, flag.isReadable, (flag.context?.usual_cents ?? null) !== null),
    {
      totalCents: order.total_cents,
      currency: order.currency,
      isNewAddress: order.shipping_address_id !== null && own.is_known_address === 0,
      score: flag.context === undefined ? 0 : recentScore(flag.context, nowMs),
    },
    reasons,
  )
  const emailChangedMs = flag.context?.email_changed_at ?? null
  const isRecent = emailChangedMs !== null && nowMs - emailChangedMs < CONTACT_RECENT_MS
  return { ...decision, flag: flag.seen, contactBeforeMs: isRecent ? emailChangedMs : null }
}

/** Velocity cannot pass through cron and KV: the shop counts its own orders. Known: used here for a day at least. */
async function ownFacts(db: D1Database, order: CheckoutInput, nowMs: number): Promise<OwnFacts> {
  const facts = await db
    .prepare(
      `SELECT (SELECT count(*) FROM orders WHERE customer_id = ?1 AND placed_ms > ?2) AS orders_last_hour,
         (SELECT max(happened_ms) FROM account_events WHERE customer_id = ?1 AND event = 'address_changed') AS address_changed_ms,
         EXISTS (SELECT 1 FROM belongings WHERE customer_id = ?1 AND kind = 'address' AND id = ?3 AND since_ms <= ?4) AS is_known_address`,
    )
    .bind(order.customer_id, nowMs - HOUR_MS, order.shipping_address_id, nowMs - DAY_MS)
    .first<OwnFacts>()
  return facts ?? { orders_last_hour: 0, address_changed_ms: null, is_known_address: 0 }
}
