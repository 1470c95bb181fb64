/** Which change was the last one at the beginning of an hour: from it follows how old a deletion is. */
import { sql, statement } from '../store/sql.ts'

const HOUR_MS = 3_600_000

/** Notes where the database stands, once an hour. `now`: Unix ms. */
export async function mark(db: D1Database, now: number): Promise<void> {
  const hour = new Date(now - (now % HOUR_MS)).toISOString()
  await statement(
    db,
    sql`INSERT INTO _marks (at, seq) SELECT ${hour}, seq FROM _state WHERE true ON CONFLICT DO NOTHING`,
  ).run()
}
