/** Claims of completeness: up to when a source says it has sent everything. */
import { sql, type SQL } from '../store/sql.ts'

/** Over HTTP a batch was acknowledged before the next is sent, so its claim counts at once. A claim never falls. */
export const acknowledgedClaim = (source: string, completeUpTo: string): SQL => sql`
  INSERT INTO _progress (name, as_of) VALUES (${source}, ${completeUpTo})
  ON CONFLICT (name) DO UPDATE SET as_of = max(coalesce(as_of, ''), excluded.as_of)`

/**
 * Over a queue batches arrive reordered, repeated or never: batch n and its claim count when 1…n are all in.
 * The batch waits in `_batches` until then; what was passed is removed.
 */
export const numberedClaim = (source: string, n: number, completeUpTo: string | null): SQL[] => {
  const reached = sql`(SELECT n FROM _progress WHERE name = ${source})`
  return [
    sql`INSERT INTO _progress (name, n) VALUES (${source}, 0) ON CONFLICT DO NOTHING`,
    sql`INSERT INTO _batches (source, n, complete_up_to) SELECT ${source}, ${n}, ${completeUpTo} WHERE ${n} > ${reached} ON CONFLICT DO NOTHING`,
    sql`
      UPDATE _progress SET n = coalesce(run.n, _progress.n), as_of = nullif(max(coalesce(as_of, ''), coalesce(run.complete_up_to, '')), '')
      FROM (
        SELECT max(n) AS n, max(complete_up_to) AS complete_up_to
        FROM (SELECT n, complete_up_to, row_number() OVER (ORDER BY n) AS place FROM _batches WHERE source = ${source} AND n > ${reached})
        WHERE n = ${reached} + place
      ) AS run
      WHERE name = ${source}`,
    sql`DELETE FROM _batches WHERE source = ${source} AND n <= ${reached}`,
  ]
}
