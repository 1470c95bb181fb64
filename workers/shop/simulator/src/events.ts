/** The shop's life as records for the products. */
import type { AccountRecord, Happening, NewsletterRecord, OrderPlaced, OrderRecord } from './happening.ts'
import { happeningsBetween } from './happenings.ts'
import { orderLifeMs, stepsOf } from './order-life.ts'
import { toShopTime, toWallTime } from './pace.ts'
import { SimulatorError, type Shop } from './shop.ts'

/** A record that a product takes in, and when it came to be, in Unix milliseconds. */
export type ShopEvent = { readonly atMs: number } & (
  | { readonly product: 'purchase.orders'; readonly record: OrderRecord }
  | { readonly product: 'customer.accounts'; readonly record: AccountRecord }
  | { readonly product: 'marketing.newsletter'; readonly record: NewsletterRecord }
)

/**
 * All events with `fromMs` ≤ `atMs` < `toMs` (Unix milliseconds, wall time), oldest first.
 *
 * Of an order each version is an event. A pure function: any split of an interval gives the same events, so nothing needs to
 * be remembered but up to when they were sent.
 *
 * @throws {SimulatorError} `interval_invalid`
 *
 * @example
 * const shop = createShop({ seed: 1 })
 * const events = eventsBetween(shop, Date.UTC(2026, 8, 1), Date.UTC(2026, 10, 1))
 */
export function eventsBetween(shop: Shop, fromMs: number, toMs: number): ShopEvent[] {
  checkInterval(fromMs, toMs)
  const fromShopMs = toShopTime(shop, fromMs)
  const toShopMs = toShopTime(shop, toMs)
  const events: ShopEvent[] = []
  for (const happening of happeningsBetween(shop, fromShopMs - orderLifeMs, toShopMs))
    if (happening.kind === 'order') events.push(...versionsBetween(shop, happening, fromShopMs, toShopMs))
    else if (happening.atMs >= fromShopMs) events.push(eventOf(shop, happening))
  return events.sort((a, b) => a.atMs - b.atMs || compare(nameOf(a), nameOf(b)))
}

/** @throws {SimulatorError} `interval_invalid` */
export function checkInterval(fromMs: number, toMs: number): void {
  if (!Number.isSafeInteger(fromMs) || !Number.isSafeInteger(toMs) || fromMs < 0 || fromMs > toMs)
    throw new SimulatorError(
      'interval_invalid',
      `[${fromMs}, ${toMs}) is no interval: give whole Unix milliseconds, the earlier first`,
    )
}

function* versionsBetween(
  shop: Shop,
  placed: OrderPlaced,
  fromShopMs: number,
  toShopMs: number,
): Generator<ShopEvent> {
  const placed_at = timeText(toWallTime(shop, placed.atMs))
  for (const { status, atMs: shopMs } of stepsOf(shop.seed, placed)) {
    if (shopMs < fromShopMs || shopMs >= toShopMs) continue
    const atMs = toWallTime(shop, shopMs)
    const record = { ...placed.order, placed_at, updated_at: timeText(atMs), status }
    yield { atMs, product: 'purchase.orders', record }
  }
}

function eventOf(shop: Shop, happening: Exclude<Happening, OrderPlaced>): ShopEvent {
  const atMs = toWallTime(shop, happening.atMs)
  const happened_at = timeText(atMs)
  return happening.kind === 'account'
    ? { atMs, product: 'customer.accounts', record: { ...happening.event, happened_at } }
    : { atMs, product: 'marketing.newsletter', record: { ...happening.event, happened_at } }
}

const timeText = (ms: number): string => new Date(ms).toISOString()

const nameOf = ({ product, record }: ShopEvent): string =>
  product === 'purchase.orders' ? record.order_id : record.event_id

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
