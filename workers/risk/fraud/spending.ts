/** What a customer normally spends. */
import type { Order } from './history.ts'
import { mean, median, medianDeviation } from './statistics.ts'

/** Amounts in minor units of one currency. */
export interface Spending {
  /** Median of the last orders. */
  readonly usualCents: number
  /** Median absolute deviation of the last orders. */
  readonly spreadCents: number
  /** Mean of all orders seen: moves slowly, so that quiet orders cannot walk the usual up unnoticed. */
  readonly longRunCents: number
}

const LAST_ORDERS = 32
/** Fewer orders say nothing about what is usual. */
const FEWEST_ORDERS = 3

/** What these orders say, oldest first; undefined when they are too few. Cancelled ones and other currencies do not count. */
export function spendingOf(orders: readonly Order[], currency: string): Spending | undefined {
  const amounts = amountsOf(orders, currency)
  const last = amounts.slice(-LAST_ORDERS)
  const [usualCents, spreadCents, longRunCents] = [median(last), medianDeviation(last), mean(amounts)]
  if (amounts.length < FEWEST_ORDERS) return undefined
  return usualCents === undefined || spreadCents === undefined || longRunCents === undefined
    ? undefined
    : { usualCents, spreadCents, longRunCents }
}

/** Amounts of the orders of that currency that were not cancelled, in minor units. */
export const amountsOf = (orders: readonly Order[], currency: string): number[] =>
  orders.filter((order) => counts(order) && order.currency === currency).map((order) => order.total_cents)

/** Only orders that were not cancelled tell what a customer does. */
export const counts = ({ status }: Order): boolean => status !== 'cancelled'
