/** Newcomers: a new account, its first address and the first order, which is sometimes a big one. */
import { accountEvent } from '../account.ts'
import { deviceAt, homeAt } from '../belongings.ts'
import type { Customer } from '../customer.ts'
import { Draws } from '../draws.ts'
import type { AccountEvent, Happening, Source } from '../happening.ts'
import { newcomersBetween } from '../newcomers.ts'
import { placeOrder } from '../order.ts'
import type { Shop } from '../shop.ts'
import { DAY, HOUR, MINUTE } from '../time.ts'

/** The longest registration, then the longest hesitation before the first order. */
const SIGNED_UP_WITHIN = 10 * MINUTE
const DECIDED_WITHIN = 2 * DAY

/** About 48 newcomers in 60 days for 500 regular customers. */
export const joining: Source = {
  reachMs: SIGNED_UP_WITHIN + DECIDED_WITHIN,
  *happenings(shop, fromMs, toMs) {
    for (const customer of newcomersBetween(shop, fromMs, toMs)) yield* firstVisit(shop, customer)
  },
}

/** How every account begins, an honest one or not. */
export function* registration(shop: Shop, customer: Customer, draws: Draws): Generator<AccountEvent> {
  const { sinceMs, country } = customer
  const device_id = deviceAt(shop.seed, customer, sinceMs)
  yield accountEvent(customer, sinceMs, draws, 'new_device_login', { device_id, country })
  const address_id = homeAt(shop.seed, customer, sinceMs)
  const atMs = sinceMs + draws.between(MINUTE, SIGNED_UP_WITHIN)
  yield accountEvent(customer, atMs, draws, 'address_changed', { address_id, device_id, country })
}

function* firstVisit(shop: Shop, customer: Customer): Generator<Happening> {
  const draws = new Draws(shop.seed, 'first visit', customer.key)
  yield* registration(shop, customer, draws)
  const atMs = customer.sinceMs + SIGNED_UP_WITHIN + draws.waiting(6 * HOUR, DECIDED_WITHIN)
  const addressId = homeAt(shop.seed, customer, customer.sinceMs)
  if (draws.chance(0.3))
    yield placeOrder(shop, customer, atMs, draws, {
      totalCents: draws.logNormal(35_000, 0.5),
      addressId,
      story: { scenario: 'big_first_order', fraud: false },
    })
  else if (draws.chance(0.7)) yield placeOrder(shop, customer, atMs, draws, { addressId })
}
