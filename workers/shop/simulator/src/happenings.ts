/** Everything that happens in the shop, from all sources. */
import { accountTakeover } from './fraud/account-takeover.ts'
import { cardTesting } from './fraud/card-testing.ts'
import { newAccountFraud } from './fraud/new-account.ts'
import { slowWalkUp } from './fraud/slow-walk-up.ts'
import type { Happening, Source } from './happening.ts'
import type { Shop } from './shop.ts'
import { journeys, newDevices } from './sources/devices.ts'
import { everyday } from './sources/everyday.ts'
import { joining } from './sources/joining.ts'
import { movingHouse } from './sources/moving.ts'
import { campaigns, subscriptions } from './sources/newsletter.ts'
import { splurging } from './sources/splurging.ts'

const sources: readonly Source[] = [
  everyday,
  joining,
  movingHouse,
  newDevices,
  journeys,
  splurging,
  subscriptions,
  campaigns,
  accountTakeover,
  cardTesting,
  slowWalkUp,
  newAccountFraud,
]

/** What happens in [fromMs, toMs), shop time, in no particular order. Nobody does anything before joining or after leaving. */
export function* happeningsBetween(shop: Shop, fromMs: number, toMs: number): Generator<Happening> {
  for (const source of sources)
    for (const happening of source.happenings(shop, fromMs - source.reachMs, toMs)) {
      const { atMs, customer } = happening
      if (atMs >= fromMs && atMs < toMs && atMs >= customer.sinceMs && atMs < customer.untilMs)
        yield happening
    }
}
