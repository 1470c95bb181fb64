/** Judges a customer's newest order against the history before it and the account events near it. */
import { addressChanges, hasOpened, isWithin, takeoverSigns } from './account.ts'
import { between, DAY, HOUR, type AccountEvent, type Order } from './history.ts'
import { knownOf } from './known.ts'
import { points, pointsFor, type Reason, type ReasonCode } from './points.ts'
import { spendingOf } from './spending.ts'

/** A score and what it is made of. */
export interface Judgement {
  /** 0 to 1,000. */
  readonly score: number
  /** The weightiest first. */
  readonly reasons: readonly Reason[]
}

const MOST_POINTS = 1000
/** Factor from the median absolute deviation to the standard deviation of normally distributed values. */
const TO_DEVIATION = 1.4826
const DEVIATIONS = 3
/** Somebody who always pays the same has no spread; a tenth of the usual is taken for it. */
const LEAST_SPREAD = 0.1
/** Taken for normal in minor units, whatever the currency, while a customer's orders are too few to tell. */
const NEWCOMER_CENTS = 5_000

/** Everything that a sign is measured on. */
interface Case {
  readonly order: Order
  /** Before the order, oldest first. */
  readonly before: readonly Order[]
  /** Up to the order, oldest first. */
  readonly events: readonly AccountEvent[]
}

/** Judges the last of the orders; without one there is nothing to judge. Both oldest first; no clock. */
export function judge(orders: readonly Order[], events: readonly AccountEvent[]): Judgement {
  const order = orders.at(-1)
  if (order === undefined) return { score: 0, reasons: [] }
  const one: Case = {
    order,
    before: orders.slice(0, -1),
    events: events.filter(({ happened_at }) => happened_at <= order.placed_at),
  }
  const codes = Object.keys(points) as ReasonCode[] // the table's own names
  const reasons = codes
    .map((code) => ({ code, points: pointsFor(code, strengths[code](one)) }))
    .filter((reason) => reason.points > 0)
    .toSorted((a, b) => b.points - a.points)
  const sum = reasons.reduce((total, reason) => total + reason.points, 0)
  return { score: Math.min(MOST_POINTS, sum), reasons }
}

const strengths: Readonly<Record<ReasonCode, (one: Case) => number>> = {
  AMOUNT_ABOVE_NORMAL: timesNormal,
  ADDRESS_JUST_CHANGED: addressJustChanged,
  TAKEOVER_SIGNALS: ({ order, events }) => takeoverSigns(events, order.placed_at, 2 * DAY),
  NEW_PAYMENT_METHOD: newPaymentMethod,
  ORDER_BURST: ({ order, before }) =>
    1 + before.filter(({ placed_at }) => isWithin(placed_at, order.placed_at, HOUR)).length,
  NEW_ACCOUNT: newAccount,
}

/** How many times the normal amount the order is; 0 within the customer's spread. Normal is the lower of the usual and the long run. */
function timesNormal({ order, before }: Case): number {
  const spending = spendingOf(before, order.currency)
  if (!spending) return order.total_cents / NEWCOMER_CENTS
  const { usualCents, spreadCents, longRunCents } = spending
  const normalCents = Math.max(1, Math.min(usualCents, longRunCents))
  const deviationCents = Math.max(TO_DEVIATION * spreadCents, LEAST_SPREAD * normalCents)
  return order.total_cents - normalCents > DEVIATIONS * deviationCents ? order.total_cents / normalCents : 0
}

function addressJustChanged({ order, before, events }: Case): number {
  const changed = addressChanges(events, before).at(-1)?.happened_at
  const { shipping_address_id: address, placed_at } = order
  if (changed === undefined || address === null) return 0
  if (knownOf(before, 'shipping_address_id', placed_at).includes(address)) return 0
  return isWithin(changed, placed_at, DAY) ? 2 : isWithin(changed, placed_at, 7 * DAY) ? 1 : 0
}

function newPaymentMethod({ order, before }: Case): number {
  const known = knownOf(before, 'payment_method_id', order.placed_at)
  const { payment_method_id: card } = order
  return card !== null && known.length > 0 && !known.includes(card) ? 1 : 0
}

/** Only of accounts whose beginning was seen: at the beginning of a history everybody would seem new. */
function newAccount({ order, before, events }: Case): number {
  const opened = events[0]?.happened_at
  const ordered = before[0]?.placed_at ?? order.placed_at
  if (opened === undefined || !hasOpened(events) || ordered < opened) return 0
  const ageMs = between(opened, order.placed_at)
  return ageMs <= 2 * DAY ? 2 : ageMs <= 7 * DAY ? 1 : 0
}
