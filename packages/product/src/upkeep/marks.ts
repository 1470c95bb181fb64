/** Which change was the last one at a moment of each hour: from it follows how old a deletion is. */
import { sql, statement } from '../store/sql.ts'

const HOUR_MS = 3_600_000

/** Notes where the database stands, once an hour. `now`: Unix ms. */
export async function mark(db: D1Database, now: number): Promise<void> {
  const hour = new Date(now - (now % HOUR_MS)).toISOString()
  const at = new Date(now).toISOString()
  await db.batch(
    [
      // The beginning: before the first change there was nothing to forget.
      sql`INSERT INTO _marks (at, seq) SELECT '', 0 WHERE NOT EXISTS (SELECT 1 FROM _marks)`,
      sql`INSERT INTO _marks (at, seq) SELECT ${at}, seq FROM _state WHERE NOT EXISTS (SELECT 1 FROM _marks WHERE at >= ${hour})`,
    ].map((each) => statement(db, each)),
  )
}
