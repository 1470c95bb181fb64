/** Which rollup answers a request, and how: one whose groups are the asked ones or parts of them. */
import { groupingOf, type Bucket, type Contract, type Rollup } from '@meshloop/contract'
import type { Filter } from '../query/condition.ts'
import { bucketOf, type ZoneSpan } from '../store/buckets.ts'
import { name, type SQL } from '../store/sql.ts'
import { totalOfKept } from './measures.ts'

/** What is asked for. */
export interface Asked {
  readonly measures: readonly string[]
  readonly by: readonly string[]
  readonly filters: readonly Filter[]
  readonly spans: readonly ZoneSpan[]
}

/** An answer out of a rollup. Its columns are called as the rollup's `by`. */
export interface Kept {
  readonly rollup: Rollup
  /** The value of a group that is asked for. */
  readonly group: (by: string) => SQL
  readonly total: (measure: string) => SQL
  readonly filters: readonly Filter[]
}

/** The rollup that has everything that is asked for, the one of fewest groups first; undefined where none has. */
export function keptFor(contract: Contract, rollups: readonly Rollup[], asked: Asked): Kept | undefined {
  return rollups
    .toSorted((a, b) => a.by.length - b.by.length || coarseness(b) - coarseness(a))
    .flatMap((rollup) => keptIn(contract, rollup, asked) ?? [])[0]
}

function keptIn(
  contract: Contract,
  rollup: Rollup,
  { measures, by, filters, spans }: Asked,
): Kept | undefined {
  const groups = new Map(by.map((each) => [each, groupIn(rollup, each, spans)]))
  const totals = new Map(measures.map((each) => [each, totalOfKept(contract, rollup, each)]))
  const kept = filters.map((filter) => filterIn(rollup, filter))
  if ([...groups.values(), ...totals.values(), ...kept].includes(undefined)) return undefined
  return {
    rollup,
    group: (each) => groups.get(each) ?? name(each),
    total: (measure) => totals.get(measure) ?? name(measure),
    filters: kept.flatMap((filter) => filter ?? []),
  }
}

function groupIn({ by }: Rollup, asked: string, spans: readonly ZoneSpan[]): SQL | undefined {
  const { field, bucket } = groupingOf(asked)
  if (bucket === undefined) return by.includes(field) ? name(field) : undefined
  const finer = by.find((each) => {
    const kept = groupingOf(each)
    return kept.field === field && kept.bucket !== undefined && isPart(kept.bucket, bucket, spans)
  })
  return finer === undefined ? undefined : bucketOf(name(finer), bucket, spans)
}

const parts: Readonly<Record<Bucket, readonly Bucket[]>> = {
  hour: ['hour'],
  day: ['hour', 'day'],
  week: ['hour', 'day', 'week'],
  month: ['hour', 'day', 'month'],
}

/** Whether buckets in UTC are whole parts of longer ones, or the same, by the clocks of a zone: full hours are in most. */
const isPart = (kept: Bucket, asked: Bucket, spans: readonly ZoneSpan[]): boolean =>
  parts[asked].includes(kept) &&
  spans.every(({ offsetSeconds }) => (kept === 'hour' ? offsetSeconds % 3_600 === 0 : offsetSeconds === 0))

/** The same condition on the rollup's columns. Of the time it is one where it takes or leaves whole buckets. */
function filterIn({ by }: Rollup, filter: Filter): Filter | undefined {
  if (by.includes(filter.field)) return filter
  for (const each of by) {
    const { field, bucket } = groupingOf(each)
    if (field !== filter.field || bucket === undefined) continue
    const border = borderOf(filter)
    if (border && isBorder(bucket, border.at))
      return { field: each, op: border.op, value: bucket === 'hour' ? border.at : border.at.slice(0, 10) }
  }
  return undefined
}

/** A condition on a time as one on whole milliseconds from a moment on, or before it. */
function borderOf({ op, value }: Filter): { readonly op: 'gte' | 'lt'; readonly at: string } | undefined {
  const next = (): string => new Date(Date.parse(String(value)) + 1).toISOString()
  if (op === 'gte' || op === 'lt') return { op, at: String(value) }
  if (op === 'gt') return { op: 'gte', at: next() }
  return op === 'lte' ? { op: 'lt', at: next() } : undefined
}

/** Whether a bucket in UTC begins at this time. */
function isBorder(bucket: Bucket, at: string): boolean {
  if (bucket === 'hour') return at.endsWith(':00:00.000Z')
  if (!at.endsWith('T00:00:00.000Z')) return false
  if (bucket === 'week') return new Date(at).getUTCDay() === 1
  return bucket === 'day' || at.startsWith('01', 8)
}

const order: readonly Bucket[] = ['hour', 'day', 'week', 'month']
const coarseness = ({ by }: Rollup): number =>
  by.reduce((sum, each) => sum + order.findIndex((bucket) => bucket === groupingOf(each).bucket), 0)
