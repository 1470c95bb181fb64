/** What customers own at a moment: homes, other addresses, cards, devices. */
import type { Customer } from './customer.ts'
import { Draws } from './draws.ts'
import { lastChange, type Rhythm } from './rhythm.ts'
import { DAY } from './time.ts'

/** Moving house: about one customer in two years and a half. */
export const moving: Rhythm = { stream: 'moving', periodMs: 240 * DAY, probability: 0.27 }
/** Replacing one's main device. */
export const newDevice: Rhythm = { stream: 'new device', periodMs: 400 * DAY, probability: 0.9 }
/** A card expires or is replaced: no event tells of it, an order is just paid with another card. */
const newCard: Rhythm = { stream: 'new card', periodMs: 700 * DAY, probability: 0.9 }

/** The address where the customer lives. */
export const homeAt = (seed: number, customer: Customer, atMs: number): string =>
  addressId(seed, customer, lastChange(seed, customer, moving, atMs).number)

/** The device that the customer mostly uses. */
export const deviceAt = (seed: number, customer: Customer, atMs: number): string =>
  new Draws(seed, 'device', customer.key, lastChange(seed, customer, newDevice, atMs).number).id('dev_', 8)

/** Where an ordinary order goes: mostly home, sometimes to the office or to somebody who gets a present. */
export function usualAddress(seed: number, customer: Customer, atMs: number, draws: Draws): string {
  const which = draws.uniform()
  if (customer.hasSecondAddress && which < 0.15) return addressId(seed, customer, SECOND)
  if (customer.hasGiftAddress && which > 0.95) return addressId(seed, customer, GIFT)
  return homeAt(seed, customer, atMs)
}

/** What an ordinary order is paid with: the main card, or now and then the second. */
export function usualCard(seed: number, customer: Customer, atMs: number, draws: Draws): string {
  const number =
    customer.hasSecondCard && draws.chance(0.25) ? SECOND : lastChange(seed, customer, newCard, atMs).number
  return new Draws(seed, 'card', customer.key, number).id('card_', 8)
}

/** Numbers beside those of changes, which are at least −1. */
const SECOND = -2
const GIFT = -3

const addressId = (seed: number, customer: Customer, number: number): string =>
  new Draws(seed, 'address', customer.key, number).id('adr_', 8)
