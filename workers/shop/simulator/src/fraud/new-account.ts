/** New-account fraud: a fresh account that changes its address and at once places a big order to it. */
import { accountEvent } from '../account.ts'
import { deviceAt } from '../belongings.ts'
import { newCustomer } from '../customer.ts'
import { Draws } from '../draws.ts'
import type { Source, Story } from '../happening.ts'
import { occasionsBetween } from '../occasions.ts'
import { placeOrder } from '../order.ts'
import { registration } from '../sources/joining.ts'
import { DAY, HOUR, MINUTE } from '../time.ts'

const ACCOUNTS_PER_CUSTOMER_AND_DAY = 0.00045
/** Numbers of customers apart from those of honest newcomers; their ids look alike. */
const FIRST_INDEX = 1e9
const story: Story = { scenario: 'new_account', fraud: true }

/** About thirteen accounts in 60 days of 500 customers. */
export const newAccountFraud: Source = {
  reachMs: 2 * DAY,
  *happenings(shop, fromMs, toMs) {
    const accounts = occasionsBetween(shop, 'fresh account', ACCOUNTS_PER_CUSTOMER_AND_DAY, fromMs, toMs)
    for (const { number, atMs } of accounts) {
      const draws = new Draws(shop.seed, 'using a fresh account', number)
      const customer = newCustomer(shop.seed, FIRST_INDEX + number, atMs)
      yield* registration(shop, customer, draws)
      let stepMs = atMs + draws.between(30 * MINUTE, 6 * HOUR)
      const addressId = draws.id('adr_', 8)
      const details = {
        address_id: addressId,
        device_id: deviceAt(shop.seed, customer, stepMs),
        country: customer.country,
      }
      yield accountEvent(customer, stepMs, draws, 'address_changed', details)
      for (let left = draws.chance(0.25) ? 2 : 1; left > 0; left--) {
        stepMs += draws.between(5 * MINUTE, 4 * HOUR)
        yield placeOrder(shop, customer, stepMs, draws, {
          totalCents: Math.max(20_000, draws.logNormal(60_000, 0.5)),
          addressId,
          story,
        })
      }
    }
  },
}
