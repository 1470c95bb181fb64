/** People move house: a new address, then ordinary orders to it. */
import { accountEvent } from '../account.ts'
import { deviceAt, homeAt, moving } from '../belongings.ts'
import { Draws } from '../draws.ts'
import type { Source } from '../happening.ts'
import { customersBetween } from '../newcomers.ts'
import { placeOrder } from '../order.ts'
import { changesBetween } from '../rhythm.ts'
import { DAY, HOUR } from '../time.ts'

const UNPACKED_WITHIN = 5 * DAY

/** About thirty moves in 60 days of 500 customers. */
export const movingHouse: Source = {
  reachMs: UNPACKED_WITHIN,
  *happenings(shop, fromMs, toMs) {
    for (const customer of customersBetween(shop, fromMs, toMs))
      for (const { number, atMs } of changesBetween(shop.seed, customer, moving, fromMs, toMs)) {
        if (atMs < customer.sinceMs) continue
        const draws = new Draws(shop.seed, 'moving house', customer.key, number)
        const address_id = homeAt(shop.seed, customer, atMs)
        const device_id = deviceAt(shop.seed, customer, atMs)
        const { country } = customer
        yield accountEvent(customer, atMs, draws, 'address_changed', { address_id, device_id, country })
        // Curtains, a lamp: who moves needs something, so that a move is followed by an order even of a rare customer.
        yield placeOrder(shop, customer, atMs + draws.between(2 * HOUR, UNPACKED_WITHIN), draws, {
          addressId: address_id,
          story: { scenario: 'moved_house', fraud: false },
        })
      }
  },
}
