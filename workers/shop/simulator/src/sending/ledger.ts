/** What the simulator remembers: what the shop was founded with, and up to when each product has acknowledged its life. */
import { createShop, type Shop } from '../shop.ts'
import type { Founding } from './settings.ts'

/** A shop in operation. */
export interface FoundedShop {
  readonly shop: Shop
  /** Begin of its history, in Unix milliseconds. */
  readonly beganAtMs: number
}

/** How far one product is. */
export interface ProductProgress {
  readonly product: string
  /** Everything before it was acknowledged; Unix milliseconds. */
  readonly untilMs: number
  readonly rowsSent: number
  /** Why the last attempt failed; null if it did not. */
  readonly problem: string | null
}

/** Founds the shop at `nowMs` unless it is; the founding that came first counts. @throws {SimulatorError} `shop_options_invalid` */
export async function found(
  db: D1Database,
  { seed, customers, pace, historyMs }: Founding,
  products: readonly string[],
  nowMs: number,
): Promise<FoundedShop> {
  createShop({ seed, customers, pace, launchedAtMs: nowMs }) // refuses what no shop can be, before it is kept
  await db.batch([
    db
      .prepare(
        'INSERT OR IGNORE INTO shop (id, seed, customers, pace, began_at, launched_at) VALUES (1, ?1, ?2, ?3, ?4, ?5)',
      )
      .bind(seed, customers, pace, textOf(nowMs - historyMs), textOf(nowMs)),
    db
      .prepare(
        'INSERT OR IGNORE INTO progress (product, until, rows_sent) SELECT p.value, began_at, 0 FROM shop, json_each(?1) p',
      )
      .bind(JSON.stringify(products)),
  ])
  const founded = await readShop(db)
  if (!founded) throw new Error('the founding was just written')
  return founded
}

/** The shop; undefined before its first run. */
export async function readShop(db: D1Database): Promise<FoundedShop | undefined> {
  const row = await db.prepare('SELECT seed, customers, pace, began_at, launched_at FROM shop').first<{
    seed: number
    customers: number
    pace: number
    began_at: string
    launched_at: string
  }>()
  if (!row) return undefined
  const { seed, customers, pace } = row
  const shop = createShop({ seed, customers, pace, launchedAtMs: Date.parse(row.launched_at) })
  return { shop, beganAtMs: Date.parse(row.began_at) }
}

/** All products, by name. */
export async function readProgress(db: D1Database): Promise<readonly ProductProgress[]> {
  const { results } = await db
    .prepare('SELECT product, until, rows_sent, problem FROM progress ORDER BY product')
    .all<{ product: string; until: string; rows_sent: number; problem: string | null }>()
  return results.map(({ product, until, rows_sent, problem }) => ({
    product,
    untilMs: Date.parse(until),
    rowsSent: rows_sent,
    problem,
  }))
}

/** Notes that [fromMs, toMs) was acknowledged. False if another run noted something first: nothing was changed then. */
export async function acknowledge(
  db: D1Database,
  product: string,
  { fromMs, toMs, rows }: { readonly fromMs: number; readonly toMs: number; readonly rows: number },
): Promise<boolean> {
  const { meta } = await db
    .prepare(
      'UPDATE progress SET until = ?3, rows_sent = rows_sent + ?4, problem = NULL WHERE product = ?1 AND until = ?2',
    )
    .bind(product, textOf(fromMs), textOf(toMs), rows)
    .run()
  return meta.changes === 1
}

/** Notes why a product could not be told. */
export async function noteProblem(db: D1Database, product: string, problem: string): Promise<void> {
  await db.prepare('UPDATE progress SET problem = ?2 WHERE product = ?1').bind(product, problem).run()
}

const textOf = (ms: number): string => new Date(ms).toISOString()
