/** Customers and their habits. */
import { Draws } from './draws.ts'
import { DAY } from './time.ts'

/** A customer: who, and with which habits. */
export interface Customer {
  /** A number of its own, for draws. */
  readonly key: number
  readonly id: string
  /** Shop time of joining; regulars were always there. */
  readonly sinceMs: number
  /** Shop time of the last visit, exclusive; regulars stay. */
  readonly untilMs: number
  readonly country: string
  readonly currency: string
  readonly utcOffsetHours: number
  readonly ordersPerDay: number
  /** Median of an ordinary order. */
  readonly usualCents: number
  /** Spread of ordinary orders, in logarithms. */
  readonly amountSigma: number
  /** Local hours at which most visits happen: two peaks, the first the likelier. */
  readonly mainHour: number
  readonly otherHour: number
  /** Factor of orders on Saturdays and Sundays. */
  readonly weekendFactor: number
  readonly hasSecondAddress: boolean
  readonly hasGiftAddress: boolean
  readonly hasSecondCard: boolean
  readonly newsletter: 'always' | 'sometimes' | 'never'
  /** Factor of the chance that a campaign leads to an order. */
  readonly campaignFactor: number
}

const countries = [
  { country: 'DE', currency: 'EUR', utcOffsetHours: 1, share: 0.45 },
  { country: 'AT', currency: 'EUR', utcOffsetHours: 1, share: 0.1 },
  { country: 'FR', currency: 'EUR', utcOffsetHours: 1, share: 0.1 },
  { country: 'NL', currency: 'EUR', utcOffsetHours: 1, share: 0.1 },
  { country: 'GB', currency: 'GBP', utcOffsetHours: 0, share: 0.1 },
  { country: 'US', currency: 'USD', utcOffsetHours: -6, share: 0.15 },
] as const

/** Mean of ordersPerDay; its logarithm is spread by ORDERS_SIGMA, so a tenth of the customers makes 40 % of the orders. */
const MEAN_ORDERS_PER_DAY = 0.24
const ORDERS_SIGMA = 1
const MOST_ORDERS_PER_DAY = 3

const NEWCOMER_KEYS = 1e9
const NEWCOMER_STAYS_MS = 60 * DAY

/** The regular customer with that index: `cust_000042`. */
export function regularCustomer(seed: number, index: number): Customer {
  const id = `cust_${String(index).padStart(6, '0')}`
  return customerWith(seed, { key: index, id, sinceMs: -Infinity, untilMs: Infinity })
}

/** Somebody who joins at `sinceMs`, with habits like everybody's, and is gone after 60 days. */
export function newCustomer(seed: number, index: number, sinceMs: number): Customer {
  const key = NEWCOMER_KEYS + index
  const id = new Draws(seed, 'new customer', key).id('cust_', 8)
  return customerWith(seed, { key, id, sinceMs, untilMs: sinceMs + NEWCOMER_STAYS_MS })
}

/** The same customers as `newCustomer` makes, staying as long: who looks back this far sees all who may be active. */
export const newCustomerStaysMs = NEWCOMER_STAYS_MS

function customerWith(seed: number, who: Pick<Customer, 'key' | 'id' | 'sinceMs' | 'untilMs'>): Customer {
  const draws = new Draws(seed, 'habits', who.key)
  const { country, currency, utcOffsetHours } = countryOf(draws)
  const newsletter = draws.uniform()
  return Object.freeze({
    ...who,
    country,
    currency,
    utcOffsetHours,
    ordersPerDay: Math.min(
      MOST_ORDERS_PER_DAY,
      draws.logNormal(MEAN_ORDERS_PER_DAY * Math.exp(-(ORDERS_SIGMA ** 2) / 2), ORDERS_SIGMA),
    ),
    usualCents: draws.logNormal(4000, 0.6),
    amountSigma: draws.between(0.25, 0.6),
    mainHour: draws.between(17, 22),
    otherHour: draws.between(7, 15),
    weekendFactor: draws.between(0.6, 1.6),
    hasSecondAddress: draws.chance(0.4),
    hasGiftAddress: draws.chance(0.15),
    hasSecondCard: draws.chance(0.35),
    newsletter: newsletter < 0.4 ? 'always' : newsletter < 0.75 ? 'sometimes' : 'never',
    campaignFactor: draws.between(0.3, 1.7),
  })
}

function countryOf(draws: Draws) {
  let left = draws.uniform()
  for (const each of countries) {
    left -= each.share
    if (left < 0) return each
  }
  return countries[0]
}
