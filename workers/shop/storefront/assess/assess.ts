/** Judges the basket in hand against the customer's risk context: pure, in microseconds, with a reason for each point. */
import { duration, money } from '../words.ts'
import type { RiskContext } from './context.ts'
import { isReasonCode, type Reason } from './reason.ts'

/** What the customer is about to order, and what the shop itself has just seen. */
export interface Basket {
  readonly totalCents: number
  readonly currency: string
  /** Keyed hash of where it goes; null if it is picked up. */
  readonly address: string | null
  /** Keyed hash of what pays; null if nothing is paid. */
  readonly card: string | null
  /** This customer's orders of the last hour, without this one. Counted by the shop: flags are a minute late. */
  readonly ordersLastHour: number
  /** When the shop itself last changed the customer's address; the flag may not know yet. */
  readonly addressChangedMs: number | null
  readonly nowMs: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** How long a changed address, and signs of a takeover, stay suspicious. */
const ADDRESS_RECENT_MS = 7 * DAY_MS
const TAKEOVER_RECENT_MS = 3 * DAY_MS
/** How long orders before this one speak against it. */
const RECORD_RECENT_MS = 7 * DAY_MS
/** An account counts as new before its third order and in its first two weeks. */
const NEW_ORDERS = 3
const NEW_MS = 14 * DAY_MS
/** From so many further orders within an hour. */
const BURST = 3

/**
 * All reasons that apply, the heaviest first. A code appears once: what the basket shows itself goes before what the
 * record says of earlier orders.
 */
export function assess(context: RiskContext, basket: Basket): readonly Reason[] {
  const seen = [
    amountAboveNormal(context, basket),
    addressJustChanged(context, basket),
    newPaymentMethod(context, basket),
    takeoverSignals(context, basket),
    orderBurst(basket),
    newAccount(context, basket),
  ].filter((reason) => reason !== undefined)
  const remembered = recordOf(context, basket).filter(({ code }) => seen.every((each) => each.code !== code))
  return [...seen, ...remembered].toSorted((a, b) => b.points - a.points)
}

/** The flag's score of the newest order before; 0 once that is a week ago. */
export function recentScore({ score, last_order_at }: RiskContext, nowMs: number): number {
  return last_order_at !== null && nowMs - last_order_at < RECORD_RECENT_MS ? score : 0
}

/** Without a context: what the shop sees by itself. */
export function assessAlone(basket: Basket): readonly Reason[] {
  return [orderBurst(basket)].filter((reason) => reason !== undefined)
}

const because = (code: Reason['code'], points: number, text: string): Reason => ({
  code,
  points: Math.round(points),
  because: text,
  from: 'basket',
})

/**
 * Median and median absolute deviation bear outliers, but a window of 32 orders can be walked up by quiet ones: the mean
 * of all orders ever seen holds the usual amount down (notes: 50 to 80 orders suffice otherwise).
 */
function amountAboveNormal(context: RiskContext, { totalCents, currency }: Basket): Reason | undefined {
  const { usual_cents, spread_cents, long_run_cents } = context
  if (usual_cents === null || usual_cents <= 0) return undefined
  const usual = Math.min(usual_cents, 1.5 * (long_run_cents ?? usual_cents))
  // 1.4826 makes of a deviation a standard deviation; people whose orders are all alike still vary a little.
  const spread = Math.max(1.4826 * (spread_cents ?? 0), 0.15 * usual, 100)
  const times = totalCents / usual
  if (totalCents - usual <= 5 * spread || times <= 2) return undefined
  const points = Math.min(450, 200 + 25 * (times - 2))
  const usually = money(Math.round(usual), context.currency ?? currency)
  return because(
    'AMOUNT_ABOVE_NORMAL',
    points,
    `${money(totalCents, currency)} is ${times >= 10 ? Math.round(times) : times.toFixed(1)} times your usual ${usually}.`,
  )
}

/** A first order goes to a new address by nature, so this needs an address to differ from. */
function addressJustChanged(context: RiskContext, basket: Basket): Reason | undefined {
  const { address, nowMs } = basket
  const { known_addresses, address_changed_at } = context
  if (address === null || known_addresses.length === 0 || known_addresses.includes(address)) return undefined
  const changed = latest([address_changed_at, basket.addressChangedMs], nowMs, ADDRESS_RECENT_MS)
  return changed === undefined
    ? because('ADDRESS_JUST_CHANGED', 200, 'It goes to an address where no order older than two weeks went.')
    : because(
        'ADDRESS_JUST_CHANGED',
        250,
        `It goes to an address where no order older than two weeks went; the account’s address was changed ${duration(nowMs - changed)} ago.`,
      )
}

function newPaymentMethod({ known_cards }: RiskContext, { card }: Basket): Reason | undefined {
  if (card === null || known_cards.length === 0 || known_cards.includes(card)) return undefined
  return because(
    'NEW_PAYMENT_METHOD',
    200,
    'It is paid with a card that no order older than two weeks was paid with.',
  )
}

/** A new device alone is a traveller; it only adds to a changed e-mail address or a reset password. */
function takeoverSignals(context: RiskContext, { nowMs }: Basket): Reason | undefined {
  const { email_changed_at, password_reset_at, new_device_at } = context
  const isRecent = (at: number | null) => latest([at], nowMs, TAKEOVER_RECENT_MS) !== undefined
  const signals = [
    ...(isRecent(email_changed_at) ? ['the e-mail address was changed'] : []),
    ...(isRecent(password_reset_at) ? ['the password was reset'] : []),
  ]
  if (signals.length === 0) return undefined
  const device = isRecent(new_device_at) ? ['somebody signed in from a new device'] : []
  const points = 250 + 50 * (signals.length - 1) + 100 * device.length
  return because(
    'TAKEOVER_SIGNALS',
    points,
    `In the last three days ${[...signals, ...device].join(' and ')}.`,
  )
}

function orderBurst({ ordersLastHour }: Basket): Reason | undefined {
  if (ordersLastHour < BURST) return undefined
  return because(
    'ORDER_BURST',
    Math.min(500, 300 + 50 * (ordersLastHour - BURST)),
    `It is order number ${ordersLastHour + 1} within an hour.`,
  )
}

/** Little by itself: everybody was new once. It weighs where something else is unusual too. */
function newAccount({ orders, first_order_at }: RiskContext, { nowMs }: Basket): Reason | undefined {
  const isYoung = first_order_at === null || nowMs - first_order_at < NEW_MS
  if (orders >= NEW_ORDERS || !isYoung) return undefined
  return because('NEW_ACCOUNT', 100, 'The account is new here.')
}

/** What the flag says of the newest order before, while it is recent: the record itself holds no ages. */
function recordOf(context: RiskContext, { nowMs }: Basket): readonly Reason[] {
  const { reasons } = context
  if (recentScore(context, nowMs) === 0) return []
  return reasons.flatMap(({ code, points }) =>
    isReasonCode(code) && points > 0
      ? [{ code, points: Math.min(500, Math.round(points)), because: earlier[code], from: 'record' as const }]
      : [],
  )
}

const earlier = {
  AMOUNT_ABOVE_NORMAL: 'Your last order was far above the usual amount.',
  ADDRESS_JUST_CHANGED: 'Your last order went to an address that had just been changed.',
  NEW_PAYMENT_METHOD:
    'Your last order was paid with a card that no order older than two weeks was paid with.',
  TAKEOVER_SIGNALS: 'When your last order came there were signs that somebody else uses the account.',
  ORDER_BURST: 'Many orders came within a short time.',
  NEW_ACCOUNT: 'The account is new here.',
} as const satisfies Record<Reason['code'], string>

/** The latest of some moments, if it is less than `withinMs` ago. A moment of the future counts as now. */
function latest(moments: readonly (number | null)[], nowMs: number, withinMs: number): number | undefined {
  const at = Math.max(...moments.map((moment) => Math.min(moment ?? -Infinity, nowMs)))
  return nowMs - at < withinMs ? at : undefined
}
