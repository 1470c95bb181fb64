/** Which times a query is about, so that the clocks of its zone are known for as long. */
import { groupingOf } from '@meshloop/contract'
import { ProductError } from '../problems.ts'
import { UTC, type ZoneSpan } from '../store/buckets.ts'
import { name, sql, statement, type SQL } from '../store/sql.ts'
import type { Filter } from './condition.ts'
import { zoneSpans } from './zones.ts'

const YEAR_MS = 366 * 86_400_000
/** What filters bound to so little needs no look at the records. */
const FEW_YEARS_MS = 20 * YEAR_MS
/** Each span is a case of each length, of 100 characters at most; D1 takes 100,000 in a statement. */
const MAX_CASES = 900

/** What is grouped, by the clocks of which zone. */
interface Query {
  readonly by: readonly string[]
  readonly filters: readonly Filter[]
  readonly timeZone?: string
}

/** Where records are, and which of them the view shows; all of them without `where`. */
interface Records {
  readonly db: D1Database
  readonly from: SQL
  readonly where?: SQL | undefined
}

/**
 * The spans of the query's zone that matter to these records: as long as its filters say and the records are. Of those that the
 * view shows, since it could be told by a refusal how old the others are.
 *
 * @throws {ProductError} `parameter_invalid` where the clocks were set more often than one statement can say.
 */
export async function spansOf(
  records: Records,
  { by, filters, timeZone }: Query,
): Promise<readonly ZoneSpan[]> {
  const lengths = by.map(groupingOf).filter(({ bucket }) => bucket !== undefined)
  if (lengths.length === 0 || timeZone === undefined || timeZone === 'UTC') return UTC
  const moments: number[] = []
  for (const field of new Set(lengths.map((each) => each.field)))
    moments.push(...(await endsOf(records, field, filters)))
  if (moments.length === 0) return UTC
  // What is written in between may be older or newer.
  const spans = zoneSpans(timeZone, Math.min(...moments) - YEAR_MS, Math.max(...moments) + YEAR_MS)
  if (spans.length * lengths.length > MAX_CASES) throw tooManySpans(timeZone)
  return spans
}

const tooManySpans = (timeZone: string): ProductError => {
  const detail = `the clocks of ${timeZone} were set too often in all this time: ask for less of it by filters, or for fewer lengths in by`
  return new ProductError('parameter_invalid', `time_zone: ${detail}`, [{ parameter: 'time_zone', detail }])
}

/** The least and greatest time that is both asked for and there; nothing where there is none. */
async function endsOf(
  { db, from, where }: Records,
  field: string,
  filters: readonly Filter[],
): Promise<readonly number[]> {
  const asked = boundsOf(field, filters)
  if (asked.greatest - asked.least <= FEW_YEARS_MS) return [asked.least, asked.greatest]
  const end = (of: SQL): SQL => sql`(SELECT ${of}(${name(field)}) FROM ${from} WHERE ${where ?? sql`1`})`
  const row = await statement(db, sql`SELECT ${end(sql`min`)} AS least, ${end(sql`max`)} AS greatest`).first<{
    least: string | null
    greatest: string | null
  }>()
  if (!row?.least || !row.greatest) return []
  const least = Math.max(asked.least, Date.parse(row.least))
  const greatest = Math.min(asked.greatest, Date.parse(row.greatest))
  return least <= greatest ? [least, greatest] : []
}

/** What the filters say of a time at least and at most, in ms. */
function boundsOf(field: string, filters: readonly Filter[]): { least: number; greatest: number } {
  const bounds = (...ops: readonly Filter['op'][]): number[] =>
    filters.flatMap((each) =>
      each.field === field && ops.includes(each.op) ? [Date.parse(String(each.value))] : [],
    )
  return {
    least: Math.max(-Infinity, ...bounds('gte', 'gt', 'eq')),
    greatest: Math.min(Infinity, ...bounds('lte', 'lt', 'eq')),
  }
}
