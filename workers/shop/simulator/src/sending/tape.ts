/** The shop's life in pieces that can be sent: each piece is everything that happened to one product in an interval. */
import { eventsBetween, type ShopEvent } from '../events.ts'
import { toShopTime, toWallTime } from '../pace.ts'
import type { Shop } from '../shop.ts'
import { DAY } from '../time.ts'

/** Everything of one product with `fromMs` ≤ time < `toMs`. */
export interface Piece {
  readonly fromMs: number
  readonly toMs: number
  readonly records: readonly ShopEvent['record'][]
}

/** The next piece of a product from `fromMs` on, with at most `maxRecords` unless a single moment has more. */
export type Tape = (product: string, fromMs: number, maxRecords: number) => Piece

/** So much shop time is generated at once: looking back costs as much as a few days. */
const WINDOW_MS = 5 * DAY

/** The tape up to `endMs`. It keeps the window it is in: products that go on side by side share it. */
export function tapeOf(shop: Shop, endMs: number): Tape {
  let window = { fromMs: 0, toMs: 0, events: [] as readonly ShopEvent[] }
  return (product, fromMs, maxRecords) => {
    if (fromMs < window.fromMs || fromMs >= window.toMs) {
      const toMs = Math.min(endMs, toWallTime(shop, toShopTime(shop, fromMs) + WINDOW_MS))
      window = { fromMs, toMs, events: eventsBetween(shop, fromMs, toMs) }
    }
    const events = window.events.filter((event) => event.product === product && event.atMs >= fromMs)
    const toMs = events.length <= maxRecords ? window.toMs : cutOf(events, maxRecords, window.toMs)
    return { fromMs, toMs, records: events.filter(({ atMs }) => atMs < toMs).map(({ record }) => record) }
  }
}

/** Where to cut so that no moment is split: before the moment that does not fit, or after the first one. */
function cutOf(events: readonly ShopEvent[], maxRecords: number, endMs: number): number {
  const firstMs = events[0]?.atMs ?? endMs
  const overMs = events[maxRecords]?.atMs ?? endMs
  return overMs > firstMs ? overMs : (events.find(({ atMs }) => atMs > firstMs)?.atMs ?? endMs)
}
