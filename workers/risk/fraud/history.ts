/** What the derivation reads of a customer, and time between two moments of it. */
import type { Row } from '@meshloop/contract'
import type { accounts } from '@meshloop/customer-accounts'
import type { orders } from '@meshloop/purchase-orders'

/** Fields of an order that matter. */
export const orderFields = [
  'placed_at',
  'status',
  'total_cents',
  'currency',
  'shipping_address_id',
  'payment_method_id',
] as const

/** Fields of an account event that matter. */
export const accountFields = ['event', 'happened_at'] as const

/** An order, as far as it matters. */
export type Order = Readonly<Pick<Row<typeof orders>, (typeof orderFields)[number]>>

/** An account event, as far as it matters. */
export type AccountEvent = Readonly<Pick<Row<typeof accounts>, (typeof accountFields)[number]>>

/** In milliseconds. */
export const HOUR = 3_600_000
/** In milliseconds. */
export const DAY = 24 * HOUR

/** Milliseconds from one moment (RFC 3339) to a later one; negative when it is earlier. */
export const between = (earlier: string, later: string): number => Date.parse(later) - Date.parse(earlier)
