/** `GET /shop/simulator/status`: how far the shop's life has been told. */
import { readProgress, readShop } from './ledger.ts'

/** How far one product is. */
export interface ProductStatus {
  readonly product: string
  /** RFC 3339 UTC with milliseconds. */
  readonly until: string
  /** Share of the history that was acknowledged, 0 to 1. */
  readonly done_share: number
  readonly rows_sent: number
  /** Why the last attempt failed; null if it did not. */
  readonly problem: string | null
}

/** How far the shop is. */
export interface SimulatorStatus {
  /** Null before the first run. */
  readonly launched_at: string | null
  readonly pace: number | null
  /** How far the product that is furthest behind is from now, or from the launch when the shop is not live; null before the first run. */
  readonly behind_ms: number | null
  /** The least of the products: 1 when the whole history was acknowledged. */
  readonly done_share: number
  readonly rows_sent: number
  readonly products: readonly ProductStatus[]
}

/** The status at `nowMs`. */
export async function readStatus(db: D1Database, live: boolean, nowMs: number): Promise<SimulatorStatus> {
  const founded = await readShop(db)
  if (!founded)
    return { launched_at: null, pace: null, behind_ms: null, done_share: 0, rows_sent: 0, products: [] }
  const { shop, beganAtMs } = founded
  const endMs = live ? nowMs : shop.launchedAtMs
  const historyMs = shop.launchedAtMs - beganAtMs
  const progress = await readProgress(db)
  const products = progress.map(({ product, untilMs, rowsSent, problem }) => ({
    product,
    until: new Date(untilMs).toISOString(),
    done_share: historyMs === 0 ? 1 : Math.min(1, (untilMs - beganAtMs) / historyMs),
    rows_sent: rowsSent,
    problem,
  }))
  return {
    launched_at: new Date(shop.launchedAtMs).toISOString(),
    pace: shop.pace,
    behind_ms: Math.max(0, endMs - Math.min(...progress.map(({ untilMs }) => untilMs))),
    done_share: Math.min(...products.map(({ done_share }) => done_share)),
    rows_sent: products.reduce((sum, { rows_sent }) => sum + rows_sent, 0),
    products,
  }
}
