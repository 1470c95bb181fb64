/** Lets go of batches that have arrived, which only the product can say: it states the last number without a gap. */
import * as z from 'zod'
import type { World } from '../env.ts'
import { SOURCE, type ProductId } from './products.ts'

const statusSchema = z.object({
  progress: z.array(z.object({ name: z.string(), n: z.int().min(0).nullable() })),
})

/**
 * Asks the product what it has and removes that from the outbox. Rejects if the product cannot be asked: then everything
 * stays, and is sent again.
 */
export async function settle({ db, ask }: Pick<World, 'db' | 'ask'>, product: ProductId): Promise<void> {
  const { progress } = statusSchema.parse(await ask(product, '/status'))
  const reached = progress.find(({ name }) => name === SOURCE)?.n ?? 0
  const stream = await db
    .prepare('SELECT cut FROM streams WHERE product = ?1')
    .bind(product)
    .first<{ cut: number }>()
  if (reached > (stream?.cut ?? 0)) await renumber(db, product, reached)
  else
    await db.batch([
      db.prepare('DELETE FROM outbox WHERE product = ?1 AND n <= ?2').bind(product, reached),
      db.prepare('DELETE FROM batches WHERE product = ?1 AND n <= ?2').bind(product, reached),
    ])
}

/**
 * The product has seen numbers that this database has not given: it was restored or begun anew. Its own numbers mean
 * other batches there, so what is not yet known to have arrived gets new ones, after those that the product has seen.
 */
async function renumber(db: D1Database, product: ProductId, reached: number): Promise<void> {
  await db.batch([
    db.prepare('UPDATE outbox SET n = NULL WHERE product = ?1').bind(product),
    db.prepare('DELETE FROM batches WHERE product = ?1').bind(product),
    db
      .prepare(
        'INSERT INTO streams (product, cut) VALUES (?1, ?2) ON CONFLICT (product) DO UPDATE SET cut = max(cut, excluded.cut)',
      )
      .bind(product, reached),
  ])
}
