/**
 * Slow walk-up: weeks of quiet orders, each a little dearer, until a window of recent orders takes a fortune for normal.
 *
 * The quiet orders are paid and harm nobody: they belong to the story, but only the big ones at its end are fraud.
 */
import { homeAt } from '../belongings.ts'
import { Draws } from '../draws.ts'
import type { Source, Story } from '../happening.ts'
import { occasionsBetween } from '../occasions.ts'
import { placeOrder } from '../order.ts'
import { HOUR } from '../time.ts'

const WALK_UPS_PER_CUSTOMER_AND_DAY = 0.00013
const LONGEST_PAUSE = 12 * HOUR
const MOST_QUIET_ORDERS = 80
const MOST_BIG_ORDERS = 4
const quiet: Story = { scenario: 'slow_walk_up', fraud: false }
const big: Story = { scenario: 'slow_walk_up', fraud: true }

/** About four walk-ups in 60 days of 500 customers, each over three to six weeks. */
export const slowWalkUp: Source = {
  reachMs: (MOST_QUIET_ORDERS + MOST_BIG_ORDERS) * LONGEST_PAUSE,
  *happenings(shop, fromMs, toMs) {
    const walkUps = occasionsBetween(shop, 'walk-up', WALK_UPS_PER_CUSTOMER_AND_DAY, fromMs, toMs)
    for (const { number, atMs } of walkUps) {
      const draws = new Draws(shop.seed, 'walking up', number)
      const customer = draws.pick(shop.customers)
      const addressId = homeAt(shop.seed, customer, atMs)
      const steps = draws.whole(50, MOST_QUIET_ORDERS)
      const growth = draws.between(3, 4) ** (1 / steps)
      let orderMs = atMs
      let level = customer.usualCents
      for (let step = 0; step < steps; step++) {
        const totalCents = draws.logNormal(level, 0.1)
        yield placeOrder(shop, customer, orderMs, draws, { totalCents, addressId, story: quiet })
        orderMs += draws.between(HOUR, LONGEST_PAUSE)
        level *= growth
      }
      for (let left = draws.whole(2, MOST_BIG_ORDERS); left > 0; left--) {
        const totalCents = level * draws.between(2.5, 4)
        yield placeOrder(shop, customer, orderMs, draws, { totalCents, addressId, story: big })
        orderMs += draws.between(HOUR, LONGEST_PAUSE)
      }
    }
  },
}
