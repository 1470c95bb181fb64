/** Forgets notices and how they were delivered after a month. */
import type { CatalogEnv, World } from '../env.ts'

const keptMs = 30 * 86_400_000

/** Some at a time, the oldest first: the next run takes the next. */
export async function forgetNotices({ DB }: CatalogEnv, { now }: World): Promise<void> {
  const before = new Date(now() - keptMs).toISOString()
  const old = 'SELECT id FROM notices WHERE at < ?1 ORDER BY at, id LIMIT 500'
  await DB.batch([
    DB.prepare(`DELETE FROM deliveries WHERE notice IN (${old})`).bind(before),
    DB.prepare(`DELETE FROM notices WHERE id IN (${old})`).bind(before),
  ])
}
