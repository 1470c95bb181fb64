/** Ordinary days: each customer orders by habit, forgets a password, changes an e-mail address. */
import { accountEvent } from '../account.ts'
import { deviceAt } from '../belongings.ts'
import type { Customer } from '../customer.ts'
import { Draws } from '../draws.ts'
import type { Happening, Source } from '../happening.ts'
import { innocentStory } from '../innocent.ts'
import { customersBetween } from '../newcomers.ts'
import { placeOrder } from '../order.ts'
import type { Shop } from '../shop.ts'
import { DAY, HOUR } from '../time.ts'

/** Factor of orders by month, January first. */
const seasons = [0.9, 0.85, 0.95, 1, 1, 0.95, 0.9, 0.9, 1, 1, 1.2, 1.35] as const

const FORGETS_PASSWORD_PER_DAY = 0.004
const CHANGES_EMAIL_PER_DAY = 0.0005

/** Most of what happens: anchors are the days (UTC) of each customer. */
export const everyday: Source = {
  reachMs: DAY,
  *happenings(shop, fromMs, toMs) {
    const customers = customersBetween(shop, fromMs, toMs)
    for (let day = Math.floor(fromMs / DAY); day * DAY < toMs; day++) {
      const factors = factorsOf(day)
      for (const customer of customers) yield* dayOf(shop, customer, day, factors)
    }
  },
}

function* dayOf(shop: Shop, customer: Customer, day: number, factors: Factors): Generator<Happening> {
  const draws = new Draws(shop.seed, 'day', customer.key, day)
  const rate = customer.ordersPerDay * factors.season * (factors.isWeekend ? customer.weekendFactor : 1)
  for (let left = draws.poisson(rate); left > 0; left--) {
    const atMs = day * DAY + timeOfDay(customer, draws)
    yield placeOrder(shop, customer, atMs, draws, { story: innocentStory(shop.seed, customer, atMs) })
  }
  if (draws.chance(FORGETS_PASSWORD_PER_DAY)) {
    const atMs = day * DAY + timeOfDay(customer, draws)
    const device_id = deviceAt(shop.seed, customer, atMs)
    yield accountEvent(customer, atMs, draws, 'password_reset', { device_id })
  }
  if (draws.chance(CHANGES_EMAIL_PER_DAY))
    yield accountEvent(customer, day * DAY + timeOfDay(customer, draws), draws, 'email_changed', {})
}

interface Factors {
  readonly season: number
  readonly isWeekend: boolean
}

function factorsOf(day: number): Factors {
  const date = new Date(day * DAY)
  const weekday = date.getUTCDay()
  return { season: seasons[date.getUTCMonth()] ?? 1, isWeekend: weekday === 0 || weekday === 6 }
}

/** Milliseconds since midnight UTC, around one of the customer's own hours. */
function timeOfDay(customer: Customer, draws: Draws): number {
  const local = (draws.chance(0.65) ? customer.mainHour : customer.otherHour) + 1.5 * draws.normal()
  const utcHours = (((local - customer.utcOffsetHours) % 24) + 24) % 24
  return Math.min(DAY - 1, Math.floor(utcHours * HOUR))
}
