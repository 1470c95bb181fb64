/**
 * A page of records, and one record: rows, revision and watermark come from one statement.
 *
 * Where the view hides the key, writes between two pages may move a record of a group that is alike in the order over a page's
 * border: without a key nobody can tell which was seen.
 */
import type { View } from '@meshloop/access/claims'
import type { Standing } from '../store/state.ts'
import { and, sql, statement } from '../store/sql.ts'
import type { Filter } from './condition.ts'
import type { Position } from './cursor.ts'
import type { PageQuery, Reader } from './page-query.ts'
import { firstRow, pageStatement } from './page-statement.ts'
import { recordJson } from './record-json.ts'
import { ownRecords } from './stored.ts'
import { showsKey, shownRows, visibleFields } from './visible.ts'

/** The answer of one statement. */
export interface Page {
  readonly standing: Standing
  /** Records as JSON texts. */
  readonly records: readonly string[]
  /** Position of the next page; undefined at the end. */
  readonly next: Position | undefined
  readonly total: number | undefined
}

type Row = Readonly<Record<string, string | number | null>>

/** Reads a page of what the view shows. @throws {ProductError} `query_too_costly` */
export async function readPage(reader: Reader, view: View, query: PageQuery): Promise<Page> {
  const { order, limit, count } = query
  const asked = pageStatement(reader, view, query, await reader.statistics?.())
  const { results } = await statement(reader.db, asked.sql).all<Row>()
  const { standing, total } = firstOf(results[0])
  const isMore = results.length - 1 > limit
  const rows = results.slice(1, limit + 1)
  const placeOf = (row: Row): Position => {
    const values = asked.hasPlaces ? row : (JSON.parse(textOf(row)) as Row) // made by json_object
    return order.map(({ field }, i) => values[asked.hasPlaces ? `_${i}` : field] ?? null)
  }
  const last = isMore ? rows.at(-1) : undefined
  const next = last && placeOf(last)
  return {
    standing,
    records: rows.map(textOf),
    next: next && asked.hasTies ? [...next, passedAt(next, rows.map(placeOf), query.after)] : next,
    total: count ? total : undefined,
  }
}

const textOf = (row: Row): string => String(row['_record'])

/** The first row of a result. */
function firstOf(row: Row | undefined): { readonly standing: Standing; readonly total: number } {
  if (!row) return { standing: standingOf(undefined), total: 0 }
  type First = [seq: number, incarnation: string, as_of: string | null, total: number | null]
  const [seq, incarnation, as_of, total] = JSON.parse(textOf(row)) as First // made by firstRow
  return { standing: { seq, incarnation, as_of }, total: total ?? 0 }
}

/** How many records at the position of the last one were returned, by this page and those before it. */
function passedAt(last: Position, positions: readonly Position[], before: Position | undefined): number {
  const isThere = (position: Position): boolean => last.every((value, i) => position[i] === value)
  const others = positions.findLastIndex((position) => !isThere(position))
  const earlier = others < 0 && before && isThere(before) ? Number(before[last.length]) : 0
  return earlier + positions.length - 1 - others
}

/** One record. */
export interface Found {
  readonly standing: Standing
  /** As JSON text. */
  readonly record: string
  /** Names its content; undefined where the view hides some of it. */
  readonly hash: string | undefined
}

/** One record by its key; undefined when there is none, it was deleted, or the view hides it or the key. */
export async function readRecord(
  { db, contract, expected, stored = ownRecords(contract) }: Reader,
  view: View,
  key: Readonly<Record<string, string | number | boolean>>,
): Promise<Found | undefined> {
  if (!showsKey(contract, view)) return undefined
  const named = Object.entries(key).map(([field, value]): Filter => ({ field, op: 'eq', value }))
  // Of the whole of a record: where some of it is hidden, it would tell when that changes.
  const isWhole = view.columns === null && view.rows.length === 0 && !contract.projects
  // Nothing is planned: a whole key is one row, which SQLite finds by itself.
  const record = sql`SELECT ${recordJson(contract, visibleFields(contract, view))}, ${isWhole ? sql`_hash` : sql`NULL`} AS _hash FROM ${stored.from}
    WHERE ${and(shownRows(stored.filters([...view.rows, ...named])))} LIMIT 1`
  const { results } = await statement(
    db,
    sql`SELECT _record, NULL AS _hash FROM (${firstRow(expected)}) UNION ALL SELECT * FROM (${record})`,
  ).all<Row>()
  const [first, found] = results
  if (!found) return undefined
  return { standing: firstOf(first).standing, record: textOf(found), hash: found['_hash']?.toString() }
}

/** The standing in a result row; that of an empty database where there is none. */
export const standingOf = (row: Standing | undefined): Standing => ({
  seq: row?.seq ?? 0,
  incarnation: row?.incarnation ?? '',
  as_of: row?.as_of ?? null,
})
