/**
 * What changes now and then in a customer's life: the home, a card, a device, a journey.
 *
 * Time is cut into periods of equal length, shifted for each customer; in a period the change happens at most once, at a
 * random moment. So the newest change before any moment is found by looking back, without remembering anything.
 */
import type { Customer } from './customer.ts'
import { Draws } from './draws.ts'

/** How often something changes. */
export interface Rhythm {
  readonly stream: string
  readonly periodMs: number
  /** Chance of a change in a period. */
  readonly probability: number
}

/** One change. */
export interface Change {
  /** The period that it fell into: tells one change from another. */
  readonly number: number
  readonly atMs: number
}

const GOLDEN = 0.618033988749895

/** The newest change at or before a moment; number −1 and −Infinity when there never was one since 1970. */
export function lastChange(seed: number, customer: Customer, rhythm: Rhythm, atMs: number): Change {
  for (let number = periodOf(customer, rhythm, atMs); number >= 0; number--) {
    const change = changeIn(seed, customer, rhythm, number)
    if (change && change.atMs <= atMs) return change
  }
  return { number: -1, atMs: -Infinity }
}

/** All changes in [fromMs, toMs). */
export function* changesBetween(
  seed: number,
  customer: Customer,
  rhythm: Rhythm,
  fromMs: number,
  toMs: number,
): Generator<Change> {
  const last = periodOf(customer, rhythm, toMs)
  for (let number = Math.max(0, periodOf(customer, rhythm, fromMs)); number <= last; number++) {
    const change = changeIn(seed, customer, rhythm, number)
    if (change && change.atMs >= fromMs && change.atMs < toMs) yield change
  }
}

function changeIn(seed: number, customer: Customer, rhythm: Rhythm, number: number): Change | undefined {
  const draws = new Draws(seed, rhythm.stream, customer.key, number)
  if (!draws.chance(rhythm.probability)) return undefined
  const startMs = number * rhythm.periodMs + shiftOf(customer, rhythm)
  return { number, atMs: Math.floor(startMs + draws.uniform() * rhythm.periodMs) }
}

const periodOf = (customer: Customer, rhythm: Rhythm, atMs: number): number =>
  Math.floor((atMs - shiftOf(customer, rhythm)) / rhythm.periodMs)

const shiftOf = (customer: Customer, { periodMs }: Rhythm): number =>
  Math.floor(((customer.key * GOLDEN) % 1) * periodMs)
