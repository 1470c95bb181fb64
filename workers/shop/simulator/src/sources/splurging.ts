/** Seasonal splurges: birthdays, a new hobby, presents. Far above the usual amounts, with known address and card. */
import { homeAt } from '../belongings.ts'
import { Draws } from '../draws.ts'
import type { Source } from '../happening.ts'
import { occasionsBetween } from '../occasions.ts'
import { placeOrder } from '../order.ts'
import { DAY } from '../time.ts'

const SPLURGES_PER_CUSTOMER_AND_DAY = 0.0012
const OVER_WITHIN = 4 * DAY

/** About 36 splurges in 60 days of 500 customers. */
export const splurging: Source = {
  reachMs: OVER_WITHIN,
  *happenings(shop, fromMs, toMs) {
    const splurges = occasionsBetween(shop, 'splurge', SPLURGES_PER_CUSTOMER_AND_DAY, fromMs, toMs)
    for (const { number, atMs } of splurges) {
      const draws = new Draws(shop.seed, 'splurging', number)
      const customer = draws.pick(shop.customers)
      for (let left = draws.whole(1, 3), orderMs = atMs; left > 0; left--) {
        yield placeOrder(shop, customer, orderMs, draws, {
          totalCents: customer.usualCents * draws.between(3, 7),
          addressId: homeAt(shop.seed, customer, orderMs),
          story: { scenario: 'seasonal_splurge', fraud: false },
        })
        orderMs = draws.between(orderMs, atMs + OVER_WITHIN)
      }
    }
  },
}
