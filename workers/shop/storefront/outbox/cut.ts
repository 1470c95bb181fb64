/** Cuts batches: what waits in the outbox gets the next number of its product, and the batch a claim that is true. */
import { tick, TIME } from './clock.ts'
import type { ProductId } from './products.ts'

/** A message holds 128 KB; a row is at most 700 bytes, a third more in the signature's base64url. */
const MAX_ROWS = 100

/**
 * Cuts as many batches as it takes until nothing waits, at least one: an empty batch says that nothing happened.
 *
 * The last one claims completeness up to its own transaction. It holds everything that was dated before (a batch that
 * has to leave rows for the next claims nothing), and everything that comes after is dated later, since time rises
 * with every transaction.
 */
export async function cut(db: D1Database, product: ProductId, nowMs: number): Promise<void> {
  for (let waiting = Infinity; waiting > 0;) {
    const results = await db.batch<{ waiting: number }>([
      tick(db, nowMs),
      db
        .prepare(
          'INSERT INTO streams (product, cut) VALUES (?1, 1) ON CONFLICT (product) DO UPDATE SET cut = cut + 1',
        )
        .bind(product),
      db
        .prepare(
          `INSERT INTO batches (product, n, complete_up_to_ms)
           SELECT product, cut, iif((SELECT count(*) FROM outbox WHERE product = ?1 AND n IS NULL) <= ?2, ${TIME}, NULL)
           FROM streams WHERE product = ?1`,
        )
        .bind(product, MAX_ROWS),
      db
        .prepare(
          `UPDATE outbox SET n = (SELECT cut FROM streams WHERE product = ?1)
           WHERE id IN (SELECT id FROM outbox WHERE product = ?1 AND n IS NULL ORDER BY id LIMIT ?2)`,
        )
        .bind(product, MAX_ROWS),
      db.prepare('SELECT count(*) AS waiting FROM outbox WHERE product = ?1 AND n IS NULL').bind(product),
    ])
    waiting = results.at(-1)?.results[0]?.waiting ?? 0
  }
}
