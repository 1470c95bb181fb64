/**
 * Lengths of time as SQL: the hour, day, week or month that a time is in, by the clocks of a zone.
 *
 * An hour is named by the instant at which it begins, in UTC as all times are: where clocks are set back, the hour that comes
 * twice is two. Days, weeks and months are named by the local date of their first day: a day may have 23 or 25 hours.
 */
import type { Bucket } from '@meshloop/contract'
import { literal, sql, type SQL } from './sql.ts'

/** How far the clocks of a zone are from UTC, from a moment on. */
export interface ZoneSpan {
  /** Time, as it is stored. Of the first span, which has no beginning, the empty text. */
  readonly from: string
  /** Seconds that the local time is ahead of UTC. */
  readonly offsetSeconds: number
}

/** The clocks of UTC. */
export const UTC: readonly ZoneSpan[] = [{ from: '', offsetSeconds: 0 }]

const HOUR_SECONDS = 3_600

/**
 * The bucket that the time in `column` is in; null of none. In UTC the column may also hold a bucket that is a part of the
 * one that is asked for.
 */
export function bucketOf(column: SQL, bucket: Bucket, spans: readonly ZoneSpan[] = UTC): SQL {
  const [first = { from: '', start: literal(null) }, ...later] =
    bucket === 'hour' ? hours(column, spans) : dates(column, bucket, spans)
  // The newest first: they are what most rows are of.
  const cases = later
    .toReversed()
    .map(({ from, start }) => sql`WHEN ${column} >= ${literal(from)} THEN ${start}`)
  return cases.length === 0 ? first.start : sql`CASE ${sql.join(cases, sql` `)} ELSE ${first.start} END`
}

interface Case {
  readonly from: string
  readonly start: SQL
}

const dates = (column: SQL, bucket: Exclude<Bucket, 'hour'>, spans: readonly ZoneSpan[]): Case[] =>
  spans.map(({ from, offsetSeconds }) => ({ from, start: dateIn(column, bucket, offsetSeconds) }))

function dateIn(column: SQL, bucket: Exclude<Bucket, 'hour'>, offsetSeconds: number): SQL {
  const local = offsetSeconds === 0 ? sql`` : sql`, ${seconds(offsetSeconds)}`
  if (bucket === 'week') return sql`date(${column}${local}, '-6 days', 'weekday 1')`
  if (offsetSeconds !== 0)
    return bucket === 'day' ? sql`date(${column}${local})` : sql`date(${column}${local}, 'start of month')`
  return bucket === 'day' ? sql`substr(${column}, 1, 10)` : sql`substr(${column}, 1, 7) || '-01'`
}

/** Spans whose hours begin at the same minute are one: most zones need no case at all. */
function hours(column: SQL, spans: readonly ZoneSpan[]): Case[] {
  const cases: (Case & { readonly minute: number })[] = []
  for (const { from, offsetSeconds } of spans) {
    const minute = ((offsetSeconds % HOUR_SECONDS) + HOUR_SECONDS) % HOUR_SECONDS
    const isWithinHour = from !== '' && (Date.parse(from) / 1000 + minute) % HOUR_SECONDS !== 0
    if (!isWithinHour && cases.at(-1)?.minute === minute) continue
    const start = hourIn(column, minute)
    // No hour begins before the clocks were set to it.
    cases.push({ from, minute, start: isWithinHour ? sql`max(${start}, ${literal(from)})` : start })
  }
  return cases
}

function hourIn(column: SQL, minute: number): SQL {
  if (minute === 0) return sql`substr(${column}, 1, 13) || ':00:00.000Z'`
  return sql`strftime('%Y-%m-%dT%H:%M:%S.000Z', strftime('%Y-%m-%dT%H:00:00', ${column}, ${seconds(minute)}), ${seconds(-minute)})`
}

const seconds = (count: number): SQL => literal(`${count < 0 ? '-' : '+'}${Math.abs(count)} seconds`)
