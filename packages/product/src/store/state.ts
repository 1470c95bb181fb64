/** Where a database stands: its sequence, its incarnation and its watermark, as parts of any statement. */
import { commas, literal, sql, textOf, type SQL } from './sql.ts'

/** What every answer says about the moment it was read at. */
export interface Standing {
  /** Sequence number of the last accepted change; 0 before the first. */
  readonly seq: number
  /** Names this life of the database; whoever restores an earlier state gives it another (docs/deploy.md). Empty before the first write. */
  readonly incarnation: string
  /** The watermark, RFC 3339; null while a source or input has not said up to when it is complete. */
  readonly as_of: string | null
}

/**
 * The watermark: the minimum over the sources (or inputs) that count, null while one of them is silent.
 * It is a part of the statement that reads the rows, so that both are of one moment.
 */
export const watermark = (names: readonly string[]): SQL => {
  const each = [...new Set(names)].map(literal)
  // By the table's key: one row is read for each name.
  return sql`(
  SELECT CASE WHEN count(as_of) = ${sql.raw(String(each.length))} THEN min(as_of) END
  FROM _progress WHERE name IN (${commas(each)}))`
}

/** The columns of a {@link Standing}. */
export const standing = (names: readonly string[]): SQL => sql`
  coalesce((SELECT seq FROM _state), 0) AS seq,
  coalesce((SELECT incarnation FROM _state), '') AS incarnation,
  ${watermark(names)} AS as_of`

/** Texts for names that were asked for before: a runtime's are the same list each time. */
const made = new WeakMap<readonly string[], SQL>()

/** The same, where the statement's FROM is {@link stateRow}: the state is read once. */
export function standingOnce(names: readonly string[]): SQL {
  const known = made.get(names)
  if (known) return known
  const columns = sql`coalesce(state.seq, 0) AS seq, coalesce(state.incarnation, '') AS incarnation, ${watermark(names)} AS as_of`
  const text = sql.raw(textOf(columns))
  made.set(names, text)
  return text
}

/** One row, also before the first write. */
export const stateRow: SQL = sql.raw('(SELECT 1) LEFT JOIN _state AS state ON true')

/** Makes the state row at the first write. */
export const ensureState = (incarnation: string): SQL =>
  sql`INSERT INTO _state (one, incarnation, seq, run) VALUES (1, ${incarnation}, 0, 0) ON CONFLICT DO NOTHING`
