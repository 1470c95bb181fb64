/** Things that happen to the shop as a whole at a steady rate: frauds, splurges, newcomers. */
import { Draws } from './draws.ts'
import type { Shop } from './shop.ts'
import { DAY } from './time.ts'

/** One occasion; its number tells it from the others of its stream. */
export interface Occasion {
  readonly number: number
  /** Shop time. */
  readonly atMs: number
}

/**
 * The occasions of a stream in [fromMs, toMs).
 *
 * Time is cut into slots, each with one occasion at a random moment of it: random like a Poisson process from near, yet a
 * history of any length has its fair share.
 */
export function* occasionsBetween(
  { seed, customers }: Shop,
  stream: string,
  perCustomerAndDay: number,
  fromMs: number,
  toMs: number,
): Generator<Occasion> {
  const slotMs = DAY / (perCustomerAndDay * customers.length)
  for (let number = Math.floor(fromMs / slotMs); number * slotMs < toMs; number++) {
    const atMs = Math.floor((number + new Draws(seed, stream, number).uniform()) * slotMs)
    if (atMs >= fromMs && atMs < toMs) yield { number, atMs }
  }
}
