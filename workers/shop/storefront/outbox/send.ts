/** Sends batches: each with its number, its rows and its claim, as often as it takes. */
import type { World } from '../env.ts'
import { audienceOf, instant, recordOf, SOURCE, type ProductId } from './products.ts'

/** At most so many a run and product: a run is bounded, the next goes on. */
const MAX_BATCHES = 25

interface BatchRow {
  readonly n: number
  readonly complete_up_to_ms: number | null
}

/**
 * Sends the batches that were never sent, and those that were last sent at or before `againBeforeMs`, oldest first.
 *
 * A crash between the queue and the note that it was sent sends a batch twice: the same number with the same rows, which
 * changes nothing at the product.
 */
export async function send(
  { db, now, send: put }: Pick<World, 'db' | 'now' | 'send'>,
  product: ProductId,
  againBeforeMs: number,
): Promise<void> {
  const due = await db
    .prepare(
      `SELECT n, complete_up_to_ms FROM batches WHERE product = ?1 AND (sent_ms IS NULL OR sent_ms <= ?2)
       ORDER BY coalesce(sent_ms, 0), n LIMIT ?3`,
    )
    .bind(product, againBeforeMs, MAX_BATCHES)
    .all<BatchRow>()
  for (const { n, complete_up_to_ms } of due.results) {
    const rows = await db
      .prepare('SELECT row FROM outbox WHERE product = ?1 AND n = ?2 ORDER BY id')
      .bind(product, n)
      .all<{ row: string }>()
    const sentMs = now()
    await put(product, {
      aud: audienceOf(product),
      source: SOURCE,
      n,
      sent_at: instant(sentMs),
      complete_up_to: complete_up_to_ms === null ? null : instant(complete_up_to_ms),
      rows: rows.results.map(({ row }) => recordOf(product, row)),
    })
    await db
      .prepare('UPDATE batches SET sent_ms = ?3 WHERE product = ?1 AND n = ?2')
      .bind(product, n, sentMs)
      .run()
  }
}
