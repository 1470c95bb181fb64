/**
 * Which addresses and cards of a customer are known.
 *
 * Known is what a completed order used at least 14 days before the customer's newest order. That is long enough for
 * the parcel to arrive and for a victim to notice a theft. Thirty days would be safer, but
 * a shop that begins with 60 days of history would then know nothing of half its customers. A thief who waits two weeks and
 * pays for a completed order gets through here: amount and takeover signs must tell.
 */
import { between, DAY, type Order } from './history.ts'

const KNOWN_AFTER = 14 * DAY
/** The most recently used ones, so that a flag stays small. */
const MOST = 16

/** Known values of a field as of a moment, in alphabetical order. `orders`: oldest first. */
export function knownOf(
  orders: readonly Order[],
  field: 'shipping_address_id' | 'payment_method_id',
  at: string,
): string[] {
  const used = orders
    .filter(({ status, placed_at }) => status === 'completed' && between(placed_at, at) >= KNOWN_AFTER)
    .flatMap((order) => order[field] ?? [])
  return [...new Set(used.toReversed())].slice(0, MOST).toSorted()
}
