/** Rows that were not accepted: kept with their reasons, so that their source can mend and send them again. */
import { canonicalJson, sha256, type RowError } from '@meshloop/contract'
import { MAX_QUARANTINED } from '../limits.ts'
import { jsonChunks } from '../store/json-chunks.ts'
import { sql, statement, type SQL } from '../store/sql.ts'
import type { Rejected } from './judge.ts'

/** A quarantined row as it is listed. */
export interface QuarantineEntry {
  readonly id: string
  readonly source: string
  /** When it first arrived, RFC 3339. */
  readonly received_at: string
  readonly errors: readonly RowError[]
  readonly row: unknown
}

/** Longer rows are kept by their beginning: an entry is for people to look at. */
const MAX_ROW_CHARS = 20_000

/**
 * The statements that keep rejected rows; the same row of the same source again is kept once. Of each source the newest
 * are kept: one that sends nothing but faults must not fill the product's database.
 */
export async function quarantine(source: string, rejected: readonly Rejected[], now: number): Promise<SQL[]> {
  const entries = await Promise.all(
    rejected.map(async ({ row, errors }) => {
      const text = canonicalJson(row ?? null)
      const id = (await sha256(`${source}\n${text}`)).slice(0, 22)
      const kept = text.length > MAX_ROW_CHARS ? JSON.stringify(text.slice(0, MAX_ROW_CHARS)) : text
      return JSON.stringify([id, JSON.stringify(errors), kept])
    }),
  )
  const inserts = jsonChunks(entries).map(
    (json) => sql`
    INSERT INTO _quarantine (id, source, received_at, errors, row)
    SELECT json_extract(value, '$[0]'), ${source}, ${new Date(now).toISOString()}, json_extract(value, '$[1]'), json_extract(value, '$[2]')
    FROM json_each(${json}) WHERE true
    ON CONFLICT (id) DO NOTHING`,
  )
  return inserts.length === 0 ? [] : [...inserts, forgetOldest(source)]
}

const forgetOldest = (source: string): SQL => sql`
  DELETE FROM _quarantine WHERE source = ${source} AND received_at < (
    SELECT received_at FROM _quarantine WHERE source = ${source} ORDER BY received_at DESC LIMIT 1 OFFSET ${MAX_QUARANTINED - 1})`

/** The newest entries of a source, or of all, at most `limit`. */
export async function listQuarantine(
  db: D1Database,
  source: string | undefined,
  limit: number,
): Promise<QuarantineEntry[]> {
  const { results } = await statement(
    db,
    sql`SELECT id, source, received_at, errors, row FROM _quarantine WHERE ${source === undefined ? sql`1` : sql`source = ${source}`} ORDER BY received_at DESC, id LIMIT ${limit}`,
  ).all<Record<'id' | 'source' | 'received_at' | 'errors' | 'row', string>>()
  return results.map((entry) => ({
    ...entry,
    errors: JSON.parse(entry.errors) as RowError[], // written above
    row: JSON.parse(entry.row) as unknown,
  }))
}
