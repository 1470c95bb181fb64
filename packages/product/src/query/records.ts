/**
 * A page of records, and one record: rows, revision and watermark come from one statement.
 *
 * Where the view hides the key, records that are equal in the sort fields stand in the order of what is shown of them, and a
 * position says how many of these were returned: nothing hidden is in it. SQLite sorts one such group at a time, so that a
 * page reads little where the view shows the event time; by a field that many records have alike, it reads all of those.
 * Writes in between may move a record of the group over a page's border: without a key nobody can tell which was seen.
 */
import type { View } from '@meshloop/access/claims'
import type { Contract } from '@meshloop/contract'
import { planned } from '../plan/budget.ts'
import type { KnownStatistics } from '../plan/statistics.ts'
import { standingOnce, stateRow, type Standing } from '../store/state.ts'
import { and, commas, literal, name, sql, statement, type SQL } from '../store/sql.ts'
import type { Filter } from './condition.ts'
import type { Position } from './cursor.ts'
import { after, boundedBy, narrowedOrder, orderBy, sortOrder, type SortField } from './keyset.ts'
import { recordJson } from './record-json.ts'
import { ownRecords, type StoredRecords } from './stored.ts'
import { showsKey, shownRows, visibleFields } from './visible.ts'

/** Where to read and what the watermark is the minimum of. */
export interface Reader {
  readonly db: D1Database
  readonly contract: Contract
  readonly expected: readonly string[]
  /** Of an older major: how it reads them. Default: the contract's own table. */
  readonly stored?: StoredRecords
  /** What is known of the table's size. Default: nothing. */
  readonly statistics?: KnownStatistics
}

/** What is asked for: names are fields of the view, values are of their kinds. */
export interface PageQuery {
  readonly filters: readonly Filter[]
  readonly order: readonly SortField[]
  /** Fields to return; all that the view shows when absent. */
  readonly fields?: readonly string[] | undefined
  readonly limit: number
  readonly after?: Position | undefined
  /** Count all records that match: reads them all. */
  readonly count: boolean
  /** A chunk of a stream that has begun: it costs what it costs. Default: false. */
  readonly isLetIn?: boolean | undefined
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
  { db, contract, expected, stored = ownRecords(contract), statistics }: Reader,
  view: View,
  query: PageQuery,
): Promise<Page> {
  const { order, limit, count, filters } = query
  const tie = showsKey(contract, view) ? undefined : tieOf(contract, view, query)
  const narrowed = narrowedOrder(order, query.after, [...view.rows, ...filters])
  const [plan, countPlan] = await planned({ contract, stored, statistics, isLetIn: query.isLetIn }, view, [
    { filters, order: narrowed.order, limit },
    ...(count ? [{ filters }] : []),
  ])
  const at = stored.place(narrowed.order, narrowed.position)
  const fields = query.fields ?? visibleFields(contract, view)
  const [first] = at.order
  const all = stored.filters([...view.rows, ...filters])
  const matching = shownRows(all, at.position && first ? boundedBy(first) : undefined)
  const page = sql`
    SELECT ${commas([
      sql`${recordJson(contract, fields)} AS _record`,
      ...(tie?.select ?? []),
      ...order.map(({ field }, i) => sql`${name(field)} AS ${sortColumn(i)}`),
    ])}
    FROM ${stored.fromBy(plan?.index)} WHERE ${and([...matching, ...(at.position ? [after(at.order, at.position, tie !== undefined)] : [])])}
    ${ordered([...orderBy(at.order), ...(tie ? [tie.column] : [])])} LIMIT ${limit + 1} OFFSET ${literal(tie?.passed ?? 0)}`
  const total = count
    ? sql`(SELECT count(*) FROM ${stored.fromBy(countPlan?.index)} WHERE ${and(shownRows(all))})`
    : sql`NULL`
  const columns = ['_record', ...(tie?.select.length ? ['_shown'] : []), ...order.map((_, i) => `_${i}`)]
  // The standing is a row of its own, before the page: joined with it, D1 would read the page once more to put them together.
  const { results } = await statement(
    db,
    sql`SELECT ${standingOnce(expected)}, ${total} AS _total, ${commas(columns.map((each) => sql`NULL AS ${name(each)}`))} FROM ${stateRow}
        UNION ALL SELECT NULL, NULL, NULL, NULL, * FROM (${page})`,
  ).all<Standing & Record<string, string | number | null>>()
  const rows = results.slice(1)
  const returned = rows.slice(0, limit)
  const positions = returned.map((row) => order.map((_, i) => row[`_${i}`] ?? null))
  const next = rows.length > limit ? positions.at(-1) : undefined
  return {
    standing: standingOf(results[0]),
    records: returned.map((row) => String(row['_record'])),
    next: next && (tie ? [...next, passedAt(next, positions, query.after)] : next),
    total: count ? Number(results[0]?.['_total'] ?? 0) : undefined,
  }
}

/** How records that are equal in all sort fields are told apart where the key is hidden. */
interface Tie {
  /** Result column that orders them: all that is shown of each. */
  readonly column: SQL
  readonly select: readonly SQL[]
  /** Records at the position that were returned already. */
  readonly passed: number
}

function tieOf(contract: Contract, view: View, { fields, order, after: position }: PageQuery): Tie {
  const passed = Number(position?.[order.length] ?? 0)
  if (fields === undefined) return { column: name('_record'), select: [], passed }
  const shown = recordJson(contract, visibleFields(contract, view))
  return { column: name('_shown'), select: [sql`${shown} AS _shown`], passed }
}

/** How many records at the position of the last one were returned, by this page and those before it. */
function passedAt(last: Position, positions: readonly Position[], before: Position | undefined): number {
  const isThere = (position: Position): boolean => last.every((value, i) => position[i] === value)
  const others = positions.findLastIndex((position) => !isThere(position))
  const earlier = others < 0 && before && isThere(before) ? Number(before[last.length]) : 0
  return earlier + positions.length - 1 - others
}

/** One record by its key, as JSON text; undefined when there is none, it was deleted, or the view hides it or the key. */
export async function readRecord(
  reader: Reader,
  view: View,
  key: Readonly<Record<string, string | number | boolean>>,
): Promise<{ standing: Standing; record: string } | undefined> {
  if (!showsKey(reader.contract, view)) return undefined
  const filters = Object.entries(key).map(([field, value]): Filter => ({ field, op: 'eq', value }))
  const order = sortOrder(reader.contract, [], view)
  const { standing: now, records } = await readPage(reader, view, { filters, order, limit: 1, count: false })
  const [record] = records
  return record === undefined ? undefined : { standing: now, record }
}

/** The standing in a result row; that of an empty database where there is none. */
export const standingOf = (row: Standing | undefined): Standing => ({
  seq: row?.seq ?? 0,
  incarnation: row?.incarnation ?? '',
  as_of: row?.as_of ?? null,
})

/** Where each field of an order has one value, nothing is left to order. */
const ordered = (terms: readonly SQL[]): SQL => (terms.length === 0 ? sql`` : sql`ORDER BY ${commas(terms)}`)

const sortColumn = (index: number): SQL => name(`_${index}`)
