/** Which times a query is about, so that the clocks of its zone are known for as long. */
import { groupingOf } from '@meshloop/contract'
import { UTC, type ZoneSpan } from '../store/buckets.ts'
import { name, sql, statement, type SQL } from '../store/sql.ts'
import type { Filter } from './condition.ts'
import { zoneSpans } from './zones.ts'

const YEAR_MS = 366 * 86_400_000

/** What is grouped, by the clocks of which zone. */
interface Query {
  readonly by: readonly string[]
  readonly filters: readonly Filter[]
  readonly timeZone?: string
}

/**
 * The spans of the query's zone that matter to the records in `from`: as long as its filters say, or as the records are. These
 * may be more than the view shows; spans without records make no groups, so that the answer is the same.
 */
export async function spansOf(
  { db, from }: { readonly db: D1Database; readonly from: SQL },
  { by, filters, timeZone }: Query,
): Promise<readonly ZoneSpan[]> {
  const fields = [...new Set(by.map(groupingOf).flatMap(({ field, bucket }) => (bucket ? [field] : [])))]
  if (fields.length === 0 || timeZone === undefined || timeZone === 'UTC') return UTC
  const moments: number[] = []
  for (const field of fields) {
    const bounds = boundsOf(field, filters)
    const least = bounds.least ?? sql`(SELECT min(${name(field)}) FROM ${from})`
    const greatest = bounds.greatest ?? sql`(SELECT max(${name(field)}) FROM ${from})`
    const row = await statement(db, sql`SELECT ${least} AS least, ${greatest} AS greatest`).first<{
      least: string | null
      greatest: string | null
    }>()
    moments.push(
      ...[row?.least ?? null, row?.greatest ?? null].flatMap((time) =>
        time === null ? [] : [Date.parse(time)],
      ),
    )
  }
  // What is written in between may be older or newer.
  return moments.length === 0
    ? UTC
    : zoneSpans(timeZone, Math.min(...moments) - YEAR_MS, Math.max(...moments) + YEAR_MS)
}

/** What the filters say of a time at least and at most. */
function boundsOf(field: string, filters: readonly Filter[]): { least?: SQL; greatest?: SQL } {
  const bound = (...ops: readonly Filter['op'][]): SQL | undefined => {
    const filter = filters.find((each) => each.field === field && ops.includes(each.op))
    return filter && sql`${String(filter.value)}`
  }
  const [least, greatest] = [bound('gte', 'gt', 'eq'), bound('lte', 'lt', 'eq')]
  return { ...(least && { least }), ...(greatest && { greatest }) }
}
