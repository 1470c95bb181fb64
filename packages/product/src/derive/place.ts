/** How far the feeds of a derivation's inputs were read, and what of it counts. */
import { ensureState } from '../store/state.ts'
import { sql, statement, type SQL } from '../store/sql.ts'
import type { Input } from './derivation.ts'
import { mirrorShape } from './mirror.ts'

/** Where a run goes on. */
export interface Place {
  /** Runs committed before. */
  readonly run: number
  /** Of the input's feed. */
  readonly cursor: string | undefined
  /** The mirror was filled from another major of the input, or with other fields: it must be filled anew. */
  readonly isOther: boolean
}

/** Where the reading of an input goes on. Makes the state row at the first run. */
export async function placeOf(db: D1Database, input: Input, newIncarnation: () => string): Promise<Place> {
  const results = await db.batch<{ run: number; cursor: string | null }>([
    statement(db, ensureState(newIncarnation())),
    statement(
      db,
      sql`SELECT run, (SELECT cursor FROM _progress WHERE name = ${input.of.id}) AS cursor FROM _state`,
    ),
  ])
  const row = results[1]?.results[0]
  const known = row?.cursor ?? undefined
  const shape = `${mirrorShape(input)}\n`
  const isOther = known !== undefined && !known.startsWith(shape)
  return { run: row?.run ?? 0, cursor: isOther ? undefined : known?.slice(shape.length), isOther }
}

/**
 * Where the reading of a feed stands. `n` is 1 once its end was reached: before, nothing is built from it. Of an input
 * that had to be read again from its beginning the old watermark holds for what was built before, and for nothing after.
 */
export const reached = (input: Input, cursor: string | null, atEnd: boolean, asOf: string | null): SQL => sql`
  INSERT INTO _progress (name, cursor, n, next_as_of) VALUES (${input.of.id}, ${cursor && `${mirrorShape(input)}\n${cursor}`}, ${atEnd ? 1 : 0}, ${asOf})
  ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor,
    n = CASE WHEN excluded.cursor IS NULL THEN 0 ELSE max(coalesce(n, 0), excluded.n) END,
    as_of = CASE WHEN excluded.n > coalesce(n, 0) THEN NULL ELSE as_of END,
    next_as_of = CASE WHEN excluded.cursor IS NULL THEN NULL ELSE coalesce(excluded.next_as_of, next_as_of) END`

/** What an input says counts, also when it says less than before: it has a new source, or was restored. */
export const adopt = sql`
  UPDATE _progress SET as_of = next_as_of, next_as_of = NULL
  WHERE next_as_of IS NOT NULL AND NOT EXISTS (SELECT 1 FROM _dirty)`
