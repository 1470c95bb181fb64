/**
 * Forgets deletions that were told for as long as the contract says. The oldest mark stands for what is done: all deletions
 * up to its change are forgotten. `_state.floor` is the last deletion that is.
 */
import { durationMs, type Contract } from '@meshloop/contract'
import { guard, isGuardFailure, sql, statement } from '../store/sql.ts'

/** Changes that one transaction looks at. */
const CHUNK = 20_000
const MOST_CHUNKS = 20

/** Without `tombstones` deletions are told for good, and only marks are thinned out. `now`: Unix ms. */
export async function forgetDeletions(db: D1Database, { tombstones }: Contract, now: number): Promise<void> {
  const keptMs = durationMs(tombstones ?? '')
  if (keptMs === undefined) return thinOut(db)
  const until = new Date(now - keptMs).toISOString()
  for (let chunk = 0; chunk < MOST_CHUNKS; chunk++) if (!(await forgetChunk(db, until))) return
}

interface Place {
  readonly at: string
  readonly seq: number
}

/** Forgets a chunk; false when nothing is left to do. */
async function forgetChunk(db: D1Database, until: string): Promise<boolean> {
  const { results } = await statement(db, sql`SELECT at, seq FROM _marks ORDER BY at LIMIT 2`).all<Place>()
  const [done, next] = results
  if (!done || !next || next.at > until) return false
  const upTo = Math.min(next.seq, done.seq + CHUNK)
  try {
    await db.batch(
      [
        guard(sql`(SELECT seq FROM _marks WHERE at = ${done.at}) = ${done.seq}`),
        sql`UPDATE _state SET floor = coalesce((SELECT max(_seq) FROM records
          WHERE _seq > ${done.seq} AND _seq <= ${upTo} AND _deleted = 1), floor)`,
        sql`DELETE FROM records WHERE _seq > ${done.seq} AND _seq <= ${upTo} AND _deleted = 1`,
        upTo === next.seq
          ? sql`DELETE FROM _marks WHERE at = ${done.at}`
          : sql`UPDATE _marks SET seq = ${upTo} WHERE at = ${done.at}`,
      ].map((each) => statement(db, each)),
    )
  } catch (error) {
    if (isGuardFailure(error)) return false // another run does it
    throw error
  }
  return true
}

/** The first stays: a contract may say later how long deletions are told. */
async function thinOut(db: D1Database): Promise<void> {
  await statement(
    db,
    sql`DELETE FROM _marks WHERE at > (SELECT min(at) FROM _marks) AND at < (SELECT max(at) FROM _marks)`,
  ).run()
}
