/** Card testing: a burst of small orders with stolen cards, then a big one with a card that is new again. */
import { Draws } from '../draws.ts'
import { homeAt } from '../belongings.ts'
import type { Source, Story } from '../happening.ts'
import { occasionsBetween } from '../occasions.ts'
import { placeOrder } from '../order.ts'
import { HOUR, MINUTE } from '../time.ts'

const TESTS_PER_CUSTOMER_AND_DAY = 0.000114
const MOST_SMALL_ORDERS = 8
const NEXT_WITHIN = 6 * MINUTE
const CASHED_WITHIN = 90 * MINUTE
const story: Story = { scenario: 'card_testing', fraud: true }

/** About three bursts in 60 days of 500 customers, each five to nine orders, all of them fraud. */
export const cardTesting: Source = {
  reachMs: MOST_SMALL_ORDERS * NEXT_WITHIN + CASHED_WITHIN + HOUR,
  *happenings(shop, fromMs, toMs) {
    const tests = occasionsBetween(shop, 'card test', TESTS_PER_CUSTOMER_AND_DAY, fromMs, toMs)
    for (const { number, atMs } of tests) {
      const draws = new Draws(shop.seed, 'testing cards', number)
      const victim = draws.pick(shop.customers)
      const addressId = draws.chance(0.5) ? homeAt(shop.seed, victim, atMs) : draws.id('adr_', 8)
      const cards = [draws.id('card_', 8), draws.id('card_', 8), draws.id('card_', 8)] as const
      let orderMs = atMs
      for (let left = draws.whole(4, MOST_SMALL_ORDERS); left > 0; left--) {
        const totalCents = draws.between(100, 900)
        yield placeOrder(shop, victim, orderMs, draws, {
          totalCents,
          addressId,
          cardId: draws.pick(cards),
          story,
        })
        orderMs += draws.between(MINUTE, NEXT_WITHIN)
      }
      orderMs += draws.between(5 * MINUTE, CASHED_WITHIN)
      const totalCents = Math.max(20_000, victim.usualCents * draws.between(4, 10))
      yield placeOrder(shop, victim, orderMs, draws, {
        totalCents,
        addressId,
        cardId: draws.id('card_', 8),
        story,
      })
    }
  },
}
