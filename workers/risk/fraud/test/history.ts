/** Histories of customers for tests. Times are days, hours and minutes before the moment at which the newest order is placed. */
import type { AccountEvent, Order } from '../history.ts'

/** When the newest order is placed. */
const NOW = Date.UTC(2026, 10, 1, 12)

/** A moment before that. */
export const ago = (time: { days?: number; hours?: number; minutes?: number; ms?: number }): string => {
  const { days = 0, hours = 0, minutes = 0, ms = 0 } = time
  return new Date(NOW - (((days * 24 + hours) * 60 + minutes) * 60_000 + ms)).toISOString()
}

/** An order home with the usual card, by default at the moment of the newest one. */
export const order = (placed_at: string = ago({}), more: Partial<Order> = {}): Order => ({
  placed_at,
  status: 'completed',
  total_cents: 4_000,
  currency: 'EUR',
  shipping_address_id: 'home',
  payment_method_id: 'visa',
  ...more,
})

/** Ten completed orders of about 40 EUR over two months, the last three days ago. */
export const regular: readonly Order[] = Array.from({ length: 10 }, (_, i) =>
  order(ago({ days: 57 - 6 * i }), { total_cents: 4_000 + 250 * ((i % 5) - 2) }),
)

/** An account event. */
export const event = (kind: AccountEvent['event'], happened_at: string): AccountEvent => ({
  event: kind,
  happened_at,
})

/** How an account begins: a sign-in from a new device, then the first address. */
export const opened = (days: number): AccountEvent[] => [
  event('new_device_login', ago({ days })),
  event('address_changed', ago({ days, minutes: -5 })),
]
