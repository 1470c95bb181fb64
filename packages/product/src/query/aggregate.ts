/**
 * The contract's measures by its dimensions and by lengths of time. A kept rollup answers where it can; else the records are
 * counted. Where persons are protected they always are: a rollup does not know whom its records are about.
 */
import type { View } from '@meshloop/access/claims'
import { currenciesOf, groupingOf, type Contract } from '@meshloop/contract'
import { plansOf } from '../plan/budget.ts'
import { bucketOf, type ZoneSpan } from '../store/buckets.ts'
import { standingColumns, stateRow, type Standing } from '../store/state.ts'
import { and, commas, name, sql, statement, type SQL } from '../store/sql.ts'
import { rollupName } from '../table/tables.ts'
import { countedRecords } from '../totals/counted.ts'
import { keptFor, type Kept } from '../totals/kept.ts'
import type { Protection } from '../totals/protection.ts'
import { condition, type Filter } from './condition.ts'
import type { Position } from './cursor.ts'
import { groupsOf } from './groups.ts'
import type { Reader } from './page-query.ts'
import { standingOf } from './records.ts'
import { ownRecords, type StoredRecords } from './stored.ts'
import { fieldsOfMeasure, shownRows } from './visible.ts'
import { spansOf } from './spans.ts'

/** What is asked for: names of measures and dimensions of the contract, and of lengths of time. */
export interface AggregateQuery {
  readonly measures: readonly string[]
  readonly by: readonly string[]
  readonly filters: readonly Filter[]
  /** Names out of `measures` and `by`, with a minus for the greatest first; what is left of `by` decides ties. Default: by all of it. */
  readonly sort?: readonly string[]
  /** IANA name of the zone whose clocks say when an hour, day, week or month begins. Default: UTC. */
  readonly timeZone?: string
  readonly limit: number
  /** Where to go on: {@link Aggregate.next} of the page before. Default: from the beginning. */
  readonly after?: Position | undefined
  /** Its `by`, measures and filters are then by the protection's. */
  readonly protection?: Protection | undefined
  /** Whether the token allows totals alone. Default: false. */
  readonly totalsOnly?: boolean
}

/** Lengths of what is kept stand three times in a statement: so many spans of them fit (see {@link spansOf}). */
const MAX_KEPT_CASES = 250

/** Each binds one of D1's hundred values, and filters bind some beside them. */
const MAX_PLACES = 50

/** The answer of one statement. */
export interface Aggregate {
  readonly standing: Standing
  /** Groups as JSON texts: dimensions and measures by name. */
  readonly groups: readonly string[]
  /** True when there are more groups than the limit. */
  readonly truncated: boolean
  /** Where they go on; undefined when there are no more, or a group has more than {@link MAX_PLACES} values. */
  readonly next: Position | undefined
}

/**
 * Measures of what the view shows, grouped; what is computed of money is grouped by its currency as well.
 *
 * @throws {ProductError} `query_too_costly`, `parameter_invalid` where the clocks of the zone were set too often in all the time
 */
export async function readAggregate(reader: Reader, view: View, asked: AggregateQuery): Promise<Aggregate> {
  const { db, contract, expected, stored = ownRecords(contract) } = reader
  const query = { ...asked, by: withCurrencies(contract, asked) }
  const where = view.rows.length === 0 ? undefined : and(shownRows(stored.filters(view.rows)))
  const spans = await spansOf({ db, from: stored.from, where }, query)
  const kept =
    view.columns === null &&
    view.rows.length === 0 &&
    !query.protection &&
    spans.length * query.by.length <= MAX_KEPT_CASES
      ? keptFor(contract, stored.rollups, { ...query, spans })
      : undefined
  const from = kept
    ? keptTotals(kept)
    : countable(contract, await plannedRecords(reader, view, asked), view, query, spans)
  const { groups, places } = groupsOf(contract, query, from, kept)
  const { results } = await statement(
    db,
    sql`SELECT ${standingColumns(expected)}, g.* FROM ${stateRow} LEFT JOIN (${groups} LIMIT ${query.limit + 1}) AS g ON true`,
  ).all<Standing & Record<string, string | number | null>>()
  const found = results.filter(({ _group }) => _group !== null)
  const truncated = found.length > query.limit
  const last = truncated && places.length <= MAX_PLACES ? found[query.limit - 1] : undefined
  return {
    standing: standingOf(results[0]),
    groups: found.slice(0, query.limit).map(({ _group }) => String(_group)),
    truncated,
    next: last && places.map((place) => last[place] ?? null),
  }
}

/** The records by the index that serves. @throws {ProductError} `query_too_costly` */
async function plannedRecords(
  { contract, stored = ownRecords(contract), statistics }: Reader,
  view: View,
  { filters, totalsOnly }: AggregateQuery,
): Promise<StoredRecords> {
  const known = await statistics?.()
  const [plan] = plansOf({ contract, stored, known, totalsOnly }, view, [{ filters }])
  return { ...stored, from: stored.fromBy(plan?.index) }
}

/** The groups that a request has, whether it names the currencies or not. */
export function withCurrencies(
  contract: Contract,
  { measures, by }: Pick<AggregateQuery, 'measures' | 'by'>,
): string[] {
  const currencies = measures.flatMap((measure) => {
    const definition = contract.measures?.[measure]
    return definition ? currenciesOf(contract, definition) : []
  })
  return [...new Set([...by, ...currencies])]
}

/** The records that match, with the fields that are needed and the lengths of time under their names. */
function countable(
  contract: Contract,
  stored: StoredRecords,
  view: View,
  { measures, by, filters, protection }: AggregateQuery,
  spans: readonly ZoneSpan[],
): SQL {
  const { from } = stored
  const where = and(shownRows(stored.filters([...view.rows, ...filters])))
  const fields = [...new Set(measures.flatMap((measure) => fieldsOfTotal(contract, measure)))]
  if (protection) return countedRecords(protection, { from, where, fields, arrival: stored.arrival })
  const groups = by.map(groupingOf)
  if (groups.every(({ bucket }) => bucket === undefined)) return sql`${from} WHERE ${where}`
  const plain = groups.flatMap(({ field, bucket }) => (bucket === undefined ? [field] : []))
  const columns = [
    ...[...new Set([...plain, ...fields])].map(name),
    ...by.flatMap((each) => {
      const { field, bucket } = groupingOf(each)
      return bucket === undefined ? [] : [sql`${bucketOf(name(field), bucket, spans)} AS ${name(each)}`]
    }),
  ]
  return sql`(SELECT ${commas(columns)} FROM ${from} WHERE ${where})`
}

function fieldsOfTotal(contract: Contract, measure: string): string[] {
  const definition = contract.measures?.[measure]
  return definition ? fieldsOfMeasure(contract, definition) : []
}

/** The groups of a rollup are finer than, or as fine as, those that are asked for: totals of totals. */
function keptTotals({ rollup, filters }: Kept): SQL {
  const dimensions = rollup.by.map(
    (each, i) => sql`json_extract(grp, ${sql.raw(`'$[${i}]'`)}) AS ${name(each)}`,
  )
  const totals = ['_n', ...rollup.measures].map(name)
  return sql`(SELECT ${commas([...dimensions, ...totals])} FROM ${name(rollupName(rollup.by))} WHERE _n > 0) WHERE ${and(filters.map((filter) => condition(filter)))}`
}
