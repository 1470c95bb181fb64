/**
 * The statement that reads a page. Its first row says where the database stands, and each further one is a record: one column of
 * JSON texts, since each value that comes alone costs as much as a short record.
 *
 * Where the view hides the key, records that are equal in the sort fields stand in the order of what is shown of them, and a
 * position says how many of these were returned: nothing hidden is in it. SQLite sorts one such group at a time, so that a
 * page reads little where the view shows the event time; by a field that many records have alike, it reads all of those.
 */
import type { View } from '@meshloop/access/claims'
import { kindOf, fieldOf, type Contract } from '@meshloop/contract'
import { plansOf } from '../plan/budget.ts'
import type { Statistics } from '../plan/statistics.ts'
import { standingColumns, stateRow } from '../store/state.ts'
import { and, commas, literal, name, sql, type SQL } from '../store/sql.ts'
import { after, boundedBy, narrowedOrder, orderBy } from './keyset.ts'
import { recordJson } from './record-json.ts'
import type { PageQuery, Reader } from './page-query.ts'
import { ownRecords, type StoredRecords } from './stored.ts'
import { showsKey, shownRows, visibleFields } from './visible.ts'

/** A page as it is asked for of the database. */
export interface PageStatement {
  readonly sql: SQL
  /** Whether the values of the order are columns of their own, `_0` to `_n`; else a record's text has them as they are. */
  readonly hasPlaces: boolean
  /** Whether the view hides the key, so that records may be alike in all of the order. */
  readonly hasTies: boolean
}

/** What a statement is made for: a reader without its database, which is that of one request. */
type Of = Pick<Reader, 'contract' | 'expected' | 'stored'>

/** A statement that was made, and of what: queries that are asked again are the same object. */
interface Kept extends Pick<Reader, 'contract' | 'expected'> {
  readonly stored: StoredRecords | undefined
  readonly view: View
  readonly known: Statistics | undefined
  readonly made: PageStatement
}

const kept = new WeakMap<PageQuery, Kept>()

/** The statement of a query. @throws {ProductError} `query_too_costly` */
export function pageStatement(
  { contract, expected, stored }: Of,
  view: View,
  query: PageQuery,
  known: Statistics | undefined,
): PageStatement {
  const before = kept.get(query)
  if (
    before?.view === view &&
    before.known === known &&
    before.contract === contract &&
    before.expected === expected &&
    before.stored === stored
  )
    return before.made
  const made = makeStatement({ contract, expected, ...(stored ? { stored } : {}) }, view, query, known)
  kept.set(query, { contract, expected, stored, view, known, made })
  return made
}

/** The first row: sequence, incarnation and watermark as a JSON array, and what is counted. */
export const firstRow = (expected: readonly string[], total: SQL = sql`NULL`): SQL =>
  sql`SELECT json_array(seq, incarnation, as_of, ${total}) AS _record FROM (SELECT ${standingColumns(expected)} FROM ${stateRow})`

function makeStatement(
  { contract, expected, stored = ownRecords(contract) }: Of,
  view: View,
  query: PageQuery,
  known: Statistics | undefined,
): PageStatement {
  const { order, limit, count, filters } = query
  const shown = visibleFields(contract, view)
  const fields = query.fields ?? shown
  const hasTies = !showsKey(contract, view)
  const hasPlaces = !order.every(({ field }) => fields.includes(field) && isSameInJson(contract, field))
  const narrowed = narrowedOrder(order, query.after, [...view.rows, ...filters])
  const [plan, countPlan] = plansOf({ contract, stored, known, isLetIn: query.isLetIn }, view, [
    { filters, order: narrowed.order, limit },
    ...(count ? [{ filters }] : []),
  ])
  const at = stored.place(narrowed.order, narrowed.position)
  const [first] = at.order
  const all = stored.filters([...view.rows, ...filters])
  const matching = shownRows(all, at.position && first ? boundedBy(first) : undefined)
  // Records that are alike in the order stand in that of all that is shown of them, whatever is asked for.
  const tie = hasTies ? (query.fields ? name('_shown') : name('_record')) : undefined
  const columns = [
    sql`${recordJson(contract, fields)} AS _record`,
    ...(tie && query.fields ? [sql`${recordJson(contract, shown)} AS _shown`] : []),
    ...(hasPlaces ? order.map(({ field }, i) => sql`${name(field)} AS ${name(`_${i}`)}`) : []),
  ]
  const passed = hasTies ? Number(query.after?.[order.length] ?? 0) : 0
  const page = sql`
    SELECT ${commas(columns)}
    FROM ${stored.fromBy(plan?.index)} WHERE ${and([...matching, ...(at.position ? [after(at.order, at.position, hasTies)] : [])])}
    ${ordered([...orderBy(at.order), ...(tie ? [tie] : [])])} LIMIT ${limit + 1} OFFSET ${literal(passed)}`
  const total = count
    ? sql`(SELECT count(*) FROM ${stored.fromBy(countPlan?.index)} WHERE ${and(shownRows(all))})`
    : undefined
  const names = [
    ...(tie && query.fields ? ['_shown'] : []),
    ...(hasPlaces ? order.map((_, i) => `_${i}`) : []),
  ]
  // The standing is a row of its own, before the page: joined with it, D1 would read the page once more to put them together.
  const standing = sql`SELECT _record${sql.raw(names.map((each) => `, NULL AS ${each}`).join(''))} FROM (${firstRow(expected, total)})`
  return { sql: sql`${standing} UNION ALL SELECT * FROM (${page})`, hasPlaces, hasTies }
}

/** Whether a value in JSON is the value in its column: a number with a fraction is written with fewer digits, and a boolean is a number. */
const isSameInJson = (contract: Contract, field: string): boolean =>
  kindOf(fieldOf(contract, field).kind).sql !== 'real' && fieldOf(contract, field).kind !== 'bool'

/** Where each field of an order has one value, nothing is left to order. */
const ordered = (terms: readonly SQL[]): SQL => (terms.length === 0 ? sql`` : sql`ORDER BY ${commas(terms)}`)
