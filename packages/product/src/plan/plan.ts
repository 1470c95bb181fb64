/**
 * Which index serves a query, and how many rows it reads there. SQLite itself does not know how many rows a LIMIT leaves, nor
 * what may be told of hidden ones: a range filter alone makes it walk the key, and a sort makes it pass over what a view hides.
 * What is answered never depends on the plan.
 */
import type { Contract } from '@meshloop/contract'
import type { SortField } from '../query/keyset.ts'
import type { Path } from './paths.ts'
import { isRange, pinsOf, sizesOf, type ColumnFilter, type Sizes } from './shares.ts'
import type { Statistics } from './statistics.ts'

/** The table that is read. */
export interface PlannedTable {
  /** The contract whose fields are its columns: the newest major's. */
  readonly contract: Contract
  readonly paths: readonly Path[]
}

/** A field of an order as a column of the table; undefined where no column sorts as it does. */
export type ColumnOrder = Pick<SortField, 'descending'> & { readonly column: string | undefined }

/** What is asked, by columns of the table. */
export interface Asked {
  /** Conditions of the view's rows: what they hide is not read where an index can leave it out. */
  readonly hiding: readonly ColumnFilter[]
  readonly filters: readonly ColumnFilter[]
  readonly order: readonly ColumnOrder[]
  /** Rows to return; all that match without. */
  readonly limit?: number
}

/** How a query is read. */
export interface Plan {
  /** Name of the index; undefined where none is better than what SQLite takes. */
  readonly index: string | undefined
  /** Rows that are read, about. */
  readonly reads: number
  /** Whether all that match must be sorted before the first is known. */
  readonly isSorted: boolean
}

/** A table of which nothing is known is taken for a large one, and nothing is refused. */
const UNKNOWN: Omit<Statistics, 'indexes'> = { records: 1_000_000, alike: new Map(), spans: new Map() }

/** The plan of a query. */
export function planOf(
  { contract, paths }: PlannedTable,
  asked: Asked,
  statistics: Statistics | undefined,
): Plan {
  const there = paths.filter(({ index }, at) => at === 0 || !statistics || statistics.indexes.has(index))
  const sizes = sizesOf(contract, there, { indexes: new Set(), ...(statistics ?? UNKNOWN) })
  const ways = there.map((path) => wayBy(path, asked, sizes))
  const leastHidden = Math.max(...ways.map(({ leavesOut }) => leavesOut))
  const [best] = ways
    .filter(({ leavesOut }) => leavesOut === leastHidden)
    .toSorted((a, b) => riskOf(a) - riskOf(b) || Number(a.isSorted) - Number(b.isSorted))
  return { index: best?.path.index, reads: best?.reads ?? sizes.records, isSorted: best?.isSorted ?? true }
}

interface Way {
  readonly path: Path
  readonly reads: number
  /** Rows that are read where the values asked for are rare, or stand at the end. */
  readonly readsAtWorst: number
  readonly isSorted: boolean
  /** Conditions of the view by which the path is entered. */
  readonly leavesOut: number
}

/** Between what is expected and the worst: an index that usually ends early may not end at all. */
const riskOf = ({ reads, readsAtWorst }: Way): number => Math.sqrt(reads * readsAtWorst)

function wayBy(path: Path, { hiding, filters, order, limit }: Asked, sizes: Sizes): Way {
  const all = [...hiding, ...filters]
  const pinsOn = (column: string | undefined): ColumnFilter | undefined =>
    all.find((each) => each.column === column && pinsOf(each.filter) !== undefined)
  const end = path.columns.findIndex((column) => !pinsOn(column))
  const pinned = end < 0 ? path.columns.length : end
  const pins = path.columns.slice(0, pinned).flatMap((column) => pinsOn(column) ?? [])
  const ranges = all.filter(
    ({ column, filter }) => column !== undefined && column === path.columns[pinned] && isRange(filter),
  )
  const values = pins.reduce((product, { filter }) => product * (pinsOf(filter) ?? 1), 1)
  const entered = Math.min(sizes.records, sizes.alike(path, pinned) * values) * sizes.share(ranges)
  const rest = sizes.share(all.filter((each) => !pins.includes(each) && !ranges.includes(each)))
  const served = values === 1 ? servedFields(path, pinned, order) : 0
  const isServed = served === order.length || pinned + served >= path.columns.length
  const readsAtWorst = Math.max(1, entered)
  const frame = {
    path,
    readsAtWorst,
    isSorted: !isServed,
    leavesOut: hiding.filter((each) => pins.includes(each)).length,
  }
  if (limit === undefined) return { ...frame, reads: readsAtWorst, isSorted: false }
  const group = isServed ? 0 : served === 0 ? entered : sizes.alike(path, pinned + served)
  return { ...frame, reads: Math.max(1, Math.min(entered, (limit + 1) / rest + group)) }
}

/** How many fields of the order the path has behind what is pinned; an index is read in one direction. */
function servedFields(path: Path, pinned: number, order: readonly ColumnOrder[]): number {
  const other = order.findIndex(
    ({ column, descending }, i) =>
      column === undefined || column !== path.columns[pinned + i] || descending !== order[0]?.descending,
  )
  return other < 0 ? order.length : other
}
