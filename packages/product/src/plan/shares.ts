/** How many records a condition leaves, as far as statistics tell: the rest is guessed as SQLite guesses. */
import { fieldOf, type Contract } from '@meshloop/contract'
import type { Filter } from '../query/condition.ts'
import type { Path } from './paths.ts'
import { measureOf, type Statistics } from './statistics.ts'

/** A filter by a column of the table; undefined where no column has the values that it compares. */
export interface ColumnFilter {
  readonly column: string | undefined
  readonly filter: Filter
}

/** Records that are alike in a column of which nothing is known. */
const USUALLY_ALIKE = 10
/** SQLite looks at so many entries of an index: of greater groups a statistic says "at least". */
const SAMPLED = 2_000

/** How many values a filter asks for, each of which is one place in an index; undefined for a range or an exclusion. */
export function pinsOf({ op, value }: Filter): number | undefined {
  if (op === 'eq') return 1
  if (op === 'in') return value.length
  return op === 'null' && value ? 1 : undefined
}

/** Whether a filter is a range of an index. */
export const isRange = ({ op }: Filter): boolean => ['gt', 'gte', 'lt', 'lte', 'prefix'].includes(op)

/** Sizes of a table, by what is known of it. */
export interface Sizes {
  /** Records in all. */
  readonly records: number
  /** Records that have the same values in so many of a path's first columns. */
  readonly alike: (path: Path, columns: number) => number
  /** Records that these filters leave, of all: 0 to 1. */
  readonly share: (filters: readonly ColumnFilter[]) => number
}

/** The sizes of a contract's table. */
export function sizesOf(contract: Contract, paths: readonly Path[], statistics: Statistics): Sizes {
  const records = Math.max(1, statistics.records)
  const alike = (path: Path, columns: number): number => {
    if (columns === 0) return records
    if (columns >= path.columns.length) return 1
    const counted = statistics.alike.get(path.index)?.[columns - 1]
    const first = path.columns.slice(0, columns).map((column) => choicesOf(contract, column))
    const chosen = first.every((choices) => choices !== undefined)
      ? records / first.reduce((product, choices) => product * choices, 1)
      : 0
    // What a sample cannot tell lies between what it saw and all that there is.
    const sampled =
      counted !== undefined && counted >= SAMPLED ? Math.sqrt(counted * alike(path, columns - 1)) : counted
    if (chosen > 0) return Math.max(chosen, counted ?? 1)
    return Math.min(records, sampled ?? USUALLY_ALIKE)
  }
  const shareOfOne = (column: string): number => {
    const path = paths.find(({ columns }) => columns[0] === column)
    return (path ? alike(path, 1) : USUALLY_ALIKE) / records
  }
  const share = (filters: readonly ColumnFilter[]): number => {
    const columns = new Set(filters.map(({ column }) => column))
    const ranges = [...columns].map((column) =>
      rangeShare(
        filters.filter((each) => each.column === column && isRange(each.filter)).map(({ filter }) => filter),
        column === undefined ? undefined : statistics.spans.get(column),
      ),
    )
    const others = filters.map(({ column, filter }) =>
      otherShare(filter, column === undefined ? USUALLY_ALIKE / records : shareOfOne(column)),
    )
    return [...ranges, ...others].reduce(
      (product, each) => product * Math.min(1, Math.max(each, 1 / records)),
      1,
    )
  }
  return { records, alike, share }
}

/** How many values a field chooses from; undefined where it is not known. */
function choicesOf(contract: Contract, column: string): number | undefined {
  const { kind, values = [] } = fieldOf(contract, column)
  if (kind === 'bool') return 2
  return kind === 'enum' ? Math.max(1, values.length) : undefined
}

function otherShare(filter: Filter, ofOne: number): number {
  const pins = pinsOf(filter)
  if (filter.op === 'null') return 1 / 2
  if (pins !== undefined) return pins * ofOne
  return filter.op === 'not' ? 1 - ofOne : 1
}

/** Of values that are spread evenly; without a span a bound leaves a quarter, and two of them a 64th, as SQLite has it. */
function rangeShare(
  filters: readonly Filter[],
  span: Statistics['spans'] extends ReadonlyMap<string, infer S> ? S | undefined : never,
): number {
  if (filters.length === 0) return 1
  const from = filters.filter(({ op }) => op === 'gt' || op === 'gte').map(({ value }) => measureOf(value))
  const to = filters.filter(({ op }) => op === 'lt' || op === 'lte').map(({ value }) => measureOf(value))
  const known = [...from, ...to].flatMap((value) => value ?? [])
  if (!span || known.length < filters.length)
    return (from.length > 0 && to.length > 0) || filters.some(({ op }) => op === 'prefix') ? 1 / 64 : 1 / 4
  const least = Math.max(span.least, ...from.flatMap((value) => value ?? []))
  const greatest = Math.min(span.greatest, ...to.flatMap((value) => value ?? []))
  if (greatest < least) return 0
  return span.greatest === span.least ? 1 : (greatest - least) / (span.greatest - span.least)
}
