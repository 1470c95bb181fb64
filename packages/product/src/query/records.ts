/** A page of records, and one record: rows, revision and watermark come from one statement. */
import type { RowFilter, View } from '@meshloop/access/claims'
import type { Contract } from '@meshloop/contract'
import { standing, type Standing } from '../store/state.ts'
import { and, commas, name, sql, statement, type SQL } from '../store/sql.ts'
import type { Position } from './cursor.ts'
import { after, orderBy, sortOrder, type SortField } from './keyset.ts'
import { recordJson } from './record-json.ts'
import { ownRecords, type StoredRecords } from './stored.ts'
import { shownRows, visibleFields } from './visible.ts'

/** Where to read and what the watermark is the minimum of. */
export interface Reader {
  readonly db: D1Database
  readonly contract: Contract
  readonly expected: readonly string[]
  /** Of an older major: how it reads them. Default: the contract's own table. */
  readonly stored?: StoredRecords
}

/** What is asked for: names are fields of the view, values are of their kinds. */
export interface PageQuery {
  readonly filters: readonly RowFilter[]
  readonly order: readonly SortField[]
  /** Fields to return; all that the view shows when absent. */
  readonly fields?: readonly string[] | undefined
  readonly limit: number
  readonly after?: Position | undefined
  /** Count all records that match: reads them all. */
  readonly count: boolean
}

/** The answer of one statement. */
export interface Page {
  readonly standing: Standing
  /** Records as JSON texts. */
  readonly records: readonly string[]
  /** Position of the next page; undefined at the end. */
  readonly next: Position | undefined
  readonly total: number | undefined
}

/** Reads a page of what the view shows. */
export async function readPage(
  { db, contract, expected, stored = ownRecords(contract) }: Reader,
  view: View,
  query: PageQuery,
): Promise<Page> {
  const { order, limit, count } = query
  const { from, filters, place } = stored
  const at = place(order, query.after)
  const fields = query.fields ?? visibleFields(contract, view)
  const matching = shownRows(filters([...view.rows, ...query.filters]))
  const page = sql`
    SELECT ${recordJson(contract, fields)} AS _record, ${commas(order.map(({ field }, i) => sql`${name(field)} AS ${sortColumn(i)}`))}
    FROM ${from} WHERE ${and([...matching, ...(at.position ? [after(at.order, at.position)] : [])])}
    ORDER BY ${orderBy(at.order)} LIMIT ${limit + 1}`
  const total = count ? sql`(SELECT count(*) FROM ${from} WHERE ${and(matching)})` : sql`NULL`
  const { results } = await statement(
    db,
    sql`SELECT ${standing(expected)}, ${total} AS _total, page.* FROM (SELECT 1) LEFT JOIN (${page}) AS page ON true
        ORDER BY ${commas(order.map(({ descending }, i) => sql`${sortColumn(i)} ${sql.raw(descending ? 'DESC' : 'ASC')}`))}`,
  ).all<Standing & Record<string, string | number | null>>()
  const rows = results.filter((row) => row['_record'] !== null)
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    standing: standingOf(results[0]),
    records: rows.slice(0, limit).map((row) => String(row['_record'])),
    next: last && order.map((_, i) => last[`_${i}`] ?? null),
    total: count ? Number(results[0]?.['_total'] ?? 0) : undefined,
  }
}

/** One record by its key, as JSON text; undefined when there is none, it was deleted, or the view hides it. */
export async function readRecord(
  reader: Reader,
  view: View,
  key: Readonly<Record<string, string | number | boolean>>,
): Promise<{ standing: Standing; record: string | undefined }> {
  const shown = visibleFields(reader.contract, view)
  const filters = Object.entries(key).map(([field, value]): RowFilter => ({ field, op: 'eq', value }))
  const hidden = filters.some(({ field }) => !shown.includes(field))
  const order = sortOrder(reader.contract, [], view)
  const page = await readPage(reader, view, { filters: hidden ? [] : filters, order, limit: 1, count: false })
  return { standing: page.standing, record: hidden ? undefined : page.records[0] }
}

/** The standing in a result row; that of an empty database where there is none. */
export const standingOf = (row: Standing | undefined): Standing => ({
  seq: row?.seq ?? 0,
  incarnation: row?.incarnation ?? '',
  as_of: row?.as_of ?? null,
})

const sortColumn = (index: number): SQL => name(`_${index}`)
