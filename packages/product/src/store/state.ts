/** Where a database stands: its sequence, its incarnation and its watermark, as parts of any statement. */
import { MAX_ARGUMENTS } from '../limits.ts'
import { literalText } from './literal.ts'
import { sql, type SQL } from './sql.ts'

/** What every answer says about the moment it was read at. */
export interface Standing {
  /** Sequence number of the last accepted change; 0 before the first. */
  readonly seq: number
  /** Names this life of the database; whoever restores an earlier state gives it another (docs/deploy.md). Empty before the first write. */
  readonly incarnation: string
  /** The watermark, RFC 3339; null while a source or input has not said up to when it is complete. */
  readonly as_of: string | null
}

/** One row, also before the first write: what the standing is read from. */
export const stateRow: SQL = sql.raw('(SELECT 1) LEFT JOIN _state AS state ON true')

/** What each source or input has reached, as a JSON object: all of `_progress` that counts. */
const reached = '(SELECT json_group_object(name, as_of) FROM _progress WHERE as_of IS NOT NULL)'

/**
 * Copies what has been reached into the state row: the last statement of every transaction that may change it. Changes and
 * runs are only ever counted up, so that their sum names the moment. Nothing is written where nothing changed.
 */
export const keepProgress: SQL = sql.raw(
  `UPDATE _state SET progress = ${reached}, progress_at = seq + run WHERE progress_at IS NOT seq + run OR progress IS NOT ${reached}`,
)

/** The same where a run of a derivation commits: counts the run, in one writing of the row. */
export const countRun: SQL = sql.raw(
  `UPDATE _state SET run = run + 1, progress = ${reached}, progress_at = seq + run + 1`,
)

/**
 * The watermark: the minimum over the sources (or inputs) that count, null while one of them is silent. Which count may
 * change with a deployment. The statement's FROM is {@link stateRow}, so that it is of the moment of all that is read.
 *
 * It is read from the copy in the state row, without a row for each source, when that is as old as the row itself. What an
 * older Worker wrote, which keeps no copy, is read from `_progress`, by its key.
 */
export function watermark(names: readonly string[]): SQL {
  const each = [...new Set(names)]
  const copied = each.map(
    (name) => `json_extract(state.progress, ${literalText(`$.${JSON.stringify(name)}`)})`,
  )
  return sql.raw(`CASE WHEN state.progress_at = state.seq + state.run THEN ${least(copied)} ELSE (
  SELECT CASE WHEN count(as_of) = ${each.length} THEN min(as_of) END
  FROM _progress WHERE name IN (${each.map(literalText).join(', ')})) END`)
}

/** The least of these, null where one is: of one argument, `min` would be another function. */
function least(parts: readonly string[]): string {
  if (parts.length > MAX_ARGUMENTS)
    return least([least(parts.slice(0, MAX_ARGUMENTS)), ...parts.slice(MAX_ARGUMENTS)])
  return parts.length > 1 ? `min(${parts.join(', ')})` : (parts[0] ?? 'NULL')
}

/** Texts for names that were asked for before: a runtime's are the same list each time. */
const made = new WeakMap<readonly string[], SQL>()

/** The columns of a {@link Standing}, where the statement's FROM is {@link stateRow}. */
export function standingColumns(names: readonly string[]): SQL {
  const before = made.get(names)
  if (before) return before
  const text = sql`coalesce(state.seq, 0) AS seq, coalesce(state.incarnation, '') AS incarnation, ${watermark(names)} AS as_of`
  made.set(names, text)
  return text
}

/** Makes the state row at the first write. */
export const ensureState = (incarnation: string): SQL =>
  sql`INSERT INTO _state (one, incarnation, seq, run) VALUES (1, ${incarnation}, 0, 0) ON CONFLICT DO NOTHING`
