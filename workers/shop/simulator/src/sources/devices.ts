/** Sign-ins from devices that the shop has not seen: a new telephone at home, a borrowed one on a journey. */
import { abroad, accountEvent } from '../account.ts'
import { deviceAt, newDevice } from '../belongings.ts'
import { Draws } from '../draws.ts'
import type { Source } from '../happening.ts'
import { longestJourneyMs, travelling } from '../innocent.ts'
import { customersBetween } from '../newcomers.ts'
import { changesBetween } from '../rhythm.ts'

/** The main device is replaced, at home. */
export const newDevices: Source = {
  reachMs: 0,
  *happenings(shop, fromMs, toMs) {
    for (const customer of customersBetween(shop, fromMs, toMs))
      for (const { number, atMs } of changesBetween(shop.seed, customer, newDevice, fromMs, toMs)) {
        const draws = new Draws(shop.seed, 'first use', customer.key, number)
        const device_id = deviceAt(shop.seed, customer, atMs)
        const { country } = customer
        yield accountEvent(customer, atMs, draws, 'new_device_login', { device_id, country })
      }
  },
}

/** Journeys: one or two sign-ins from abroad and nothing else out of the ordinary. */
export const journeys: Source = {
  reachMs: longestJourneyMs,
  *happenings(shop, fromMs, toMs) {
    for (const customer of customersBetween(shop, fromMs, toMs))
      for (const { number, atMs } of changesBetween(shop.seed, customer, travelling, fromMs, toMs)) {
        const draws = new Draws(shop.seed, 'journey', customer.key, number)
        const country = abroad(customer, draws)
        for (let left = draws.whole(1, 2), loginMs = atMs; left > 0; left--) {
          const device_id = draws.id('dev_', 8)
          yield accountEvent(customer, loginMs, draws, 'new_device_login', { device_id, country })
          loginMs = draws.between(loginMs, atMs + longestJourneyMs)
        }
      }
  },
}
