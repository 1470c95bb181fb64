/** Account takeover: a new device, a new password or e-mail address, a new address, then big orders to it. */
import { abroad, accountEvent } from '../account.ts'
import { Draws } from '../draws.ts'
import type { Source, Story } from '../happening.ts'
import { occasionsBetween } from '../occasions.ts'
import { placeOrder } from '../order.ts'
import { DAY, HOUR, MINUTE } from '../time.ts'

const TAKEOVERS_PER_CUSTOMER_AND_DAY = 0.00057
const story: Story = { scenario: 'account_takeover', fraud: true }

/** About seventeen takeovers in 60 days of 500 customers. */
export const accountTakeover: Source = {
  reachMs: 2 * DAY,
  *happenings(shop, fromMs, toMs) {
    const takeovers = occasionsBetween(shop, 'takeover', TAKEOVERS_PER_CUSTOMER_AND_DAY, fromMs, toMs)
    for (const { number, atMs } of takeovers) {
      const draws = new Draws(shop.seed, 'taking over', number)
      const victim = draws.pick(shop.customers)
      const device_id = draws.id('dev_', 8)
      const country = draws.chance(0.7) ? abroad(victim, draws) : victim.country
      let stepMs = atMs
      yield accountEvent(victim, stepMs, draws, 'new_device_login', { device_id, country })
      const resetsPassword = draws.chance(0.7)
      stepMs += draws.between(2 * MINUTE, 30 * MINUTE)
      if (resetsPassword) yield accountEvent(victim, stepMs, draws, 'password_reset', { device_id })
      if (!resetsPassword || draws.chance(0.4))
        yield accountEvent(victim, stepMs + MINUTE, draws, 'email_changed', { device_id })
      stepMs += draws.between(3 * MINUTE, HOUR)
      const addressId = draws.id('adr_', 8)
      const details = { address_id: addressId, device_id, country: victim.country }
      yield accountEvent(victim, stepMs, draws, 'address_changed', details)
      stepMs += draws.between(10 * MINUTE, HOUR) + draws.waiting(4 * HOUR, DAY)
      const stolenCard = draws.id('card_', 8)
      const card = draws.chance(0.35) ? { cardId: stolenCard } : {}
      for (let left = draws.chance(0.4) ? 2 : 1; left > 0; left--) {
        const totalCents = Math.max(15_000, victim.usualCents * draws.between(4, 12))
        yield placeOrder(shop, victim, stepMs, draws, { totalCents, addressId, ...card, story })
        stepMs += draws.between(3 * MINUTE, HOUR)
      }
    }
  },
}
