/** Rows that were not accepted: kept with their reasons, so that their source can mend and send them again. */
import { hash } from 'node:crypto'
import { canonicalJson, type RowError } from '@meshloop/contract'
import { MAX_QUARANTINED } from '../limits.ts'
import { jsonChunks } from '../store/json-chunks.ts'
import { and, sql, statement, type SQL } from '../store/sql.ts'
import type { Rejected } from './judge.ts'

/** A quarantined row as it is listed. */
export interface QuarantineEntry {
  readonly id: string
  readonly source: string
  /** When it first arrived, RFC 3339. */
  readonly received_at: string
  readonly errors: readonly RowError[]
  /** Whether `row` is all that was sent, and can be judged again; else it is its beginning, as a text. */
  readonly whole: boolean
  readonly row: unknown
}

/** Which entries are asked for. */
export interface QuarantineFilter {
  /** Of one source; default: of all. */
  readonly source?: string | undefined
  /** With an error of this code. */
  readonly code?: string | undefined
}

/** Where a page ended. */
export type QuarantinePosition = Pick<QuarantineEntry, 'received_at' | 'id'>

/** What is kept of one source. */
export interface QuarantineBounds {
  /** Longer rows are kept by their beginning. */
  readonly chars: number
  /** Entries; the newest. */
  readonly entries: number
}

/** An entry is for people to look at. */
const ofRows: QuarantineBounds = { chars: 20_000, entries: MAX_QUARANTINED }

/**
 * The statements that keep rejected rows; the same row of the same source again is kept once, with the reasons of today. Of
 * each source the newest are kept: one that sends nothing but faults must not fill the product's database.
 */
export async function quarantine(
  source: string,
  rejected: readonly Rejected[],
  now: number,
  bounds: QuarantineBounds = ofRows,
): Promise<SQL[]> {
  const entries = rejected.map(({ row, errors }) => {
    const text = canonicalJson(row ?? null)
    const whole = row !== null && text.length <= bounds.chars && !holdsInfinite(row)
    const kept = text.length <= bounds.chars ? text : JSON.stringify(text.slice(0, bounds.chars))
    return JSON.stringify([idOf(source, text), JSON.stringify(errors), kept, whole ? 1 : 0])
  })
  const inserts = jsonChunks(entries).map(
    (json) => sql`
    INSERT INTO _quarantine (id, source, received_at, errors, row, whole)
    SELECT value ->> 0, ${source}, ${new Date(now).toISOString()}, value ->> 1, value ->> 2, value ->> 3
    FROM json_each(${json}) WHERE true
    ON CONFLICT (id) DO UPDATE SET errors = excluded.errors, whole = excluded.whole
    WHERE errors <> excluded.errors OR whole IS NOT excluded.whole`,
  )
  return inserts.length === 0 ? [] : [...inserts, forgetOldest(source, bounds.entries)]
}

/** JSON can write numbers that are greater than any double: they are read as infinite, and would be kept, and replayed, as null. */
function holdsInfinite(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === Infinity || value === -Infinity
  return Object.values(value).some(holdsInfinite)
}

const idOf = (source: string, text: string): string =>
  hash('sha256', `${source}\n${text}`, 'base64url').slice(0, 22)

const forgetOldest = (source: string, entries: number): SQL => sql`
  DELETE FROM _quarantine WHERE source = ${source} AND received_at < (
    SELECT received_at FROM _quarantine WHERE source = ${source} ORDER BY received_at DESC LIMIT 1 OFFSET ${entries - 1})`

/** Rows of before `whole` was kept are whole unless they are a text: so beginnings are kept. */
const isWhole = sql.raw(`coalesce(whole, json_type(row) <> 'text')`)

const matching = ({ source, code }: QuarantineFilter): SQL =>
  and([
    ...(source === undefined ? [] : [sql`source = ${source}`]),
    ...(code === undefined
      ? []
      : [sql`EXISTS (SELECT 1 FROM json_each(errors) e WHERE e.value ->> 'code' = ${code})`]),
  ])

/** The newest entries, at most `limit`, after a position. */
export async function listQuarantine(
  db: D1Database,
  filter: QuarantineFilter,
  limit: number,
  after?: QuarantinePosition,
): Promise<QuarantineEntry[]> {
  const from = after
    ? sql`(received_at < ${after.received_at} OR (received_at = ${after.received_at} AND id > ${after.id}))`
    : sql`1`
  const { results } = await statement(
    db,
    sql`SELECT id, source, received_at, errors, ${isWhole} AS whole, row FROM _quarantine
    WHERE ${matching(filter)} AND ${from} ORDER BY received_at DESC, id LIMIT ${limit}`,
  ).all<Record<'id' | 'source' | 'received_at' | 'errors' | 'row', string> & { whole: number }>()
  return results.map((entry) => ({
    ...entry,
    errors: JSON.parse(entry.errors) as RowError[], // written above
    whole: entry.whole === 1,
    row: JSON.parse(entry.row) as unknown,
  }))
}

/** How many entries there are. */
export async function countQuarantine(db: D1Database, filter: QuarantineFilter): Promise<number> {
  const query = sql`SELECT count(*) AS n FROM _quarantine WHERE ${matching(filter)}`
  return (await statement(db, query).first<{ n: number }>())?.n ?? 0
}

/** Which entries are taken up again: those of `ids`, or all behind a position. */
export interface Taking {
  readonly ids?: readonly string[]
  readonly after?: QuarantinePosition | undefined
}

/** Some of them. */
export interface WholeRows {
  readonly entries: readonly (QuarantinePosition & { readonly row: unknown })[]
  /** Where those behind begin, if there are more and all are asked for: whatever stays in quarantine keeps nobody from coming to them. */
  readonly next: QuarantinePosition | undefined
}

/** The whole rows of a source, the oldest first, as many as fit. */
export async function wholeRows(
  db: D1Database,
  source: string,
  { ids, after }: Taking,
  { rows: most, chars }: { readonly rows: number; readonly chars: number },
): Promise<WholeRows> {
  const behind = after ? sql`(received_at, id) > (${after.received_at}, ${after.id})` : sql`1`
  const { results } = await statement(
    db,
    sql`SELECT id, received_at, row, place < total AS more FROM (
      SELECT id, received_at, row, count(*) OVER () AS total, sum(length(row)) OVER (ORDER BY received_at, id) AS so_far, row_number() OVER (ORDER BY received_at, id) AS place
      FROM _quarantine WHERE source = ${source} AND ${isWhole} AND ${amongIds(ids)} AND ${behind})
    WHERE place = 1 OR so_far <= ${chars} ORDER BY place LIMIT ${most}`,
  ).all<QuarantinePosition & { row: string; more: number }>()
  const last = results.at(-1)
  return {
    entries: results.map(({ id, received_at, row }) => ({
      id,
      received_at,
      row: JSON.parse(row) as unknown,
    })),
    next: last?.more === 1 && !ids ? { received_at: last.received_at, id: last.id } : undefined,
  }
}

/** Removes entries of a source: those of `ids`, or all. */
export const removeQuarantined = (source: string, ids?: readonly string[]): SQL =>
  sql`DELETE FROM _quarantine WHERE source = ${source} AND ${amongIds(ids)}`

const amongIds = (ids: readonly string[] | undefined): SQL =>
  ids ? sql`id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))` : sql`1`
