/** What a query may cost: it is planned before it is read, and refused where the contract's limit is less than it would read. */
import type { View } from '@meshloop/access/claims'
import type { Contract } from '@meshloop/contract'
import { ProductError, type ProblemDetail } from '../problems.ts'
import type { Filter } from '../query/condition.ts'
import type { SortField } from '../query/keyset.ts'
import { ownRecords, type StoredRecords } from '../query/stored.ts'
import { visibleFields } from '../query/visible.ts'
import { planOf, type Plan } from './plan.ts'
import { isRange, pinsOf, type ColumnFilter } from './shares.ts'
import type { Statistics } from './statistics.ts'

/** Rows that one query may read where its contract says nothing. */
const DEFAULT_SCAN = 200_000

/** Where is read: a part of what every query is given. */
export interface Planning {
  readonly contract: Contract
  /** Default: the contract's own table. */
  readonly stored?: StoredRecords
  /** What is known of the table. Default: nothing, and nothing is refused. */
  readonly known?: Statistics | undefined
  /** The token allows totals alone: a figure would count whom they leave out. Default: false. */
  readonly totalsOnly?: boolean | undefined
  /** Nothing is refused: it is a part of what was let in. Default: false. */
  readonly isLetIn?: boolean | undefined
}

/** One reading of the records, under the names of the contract that is read. */
export interface Reading {
  readonly filters: readonly Filter[]
  /** Default: none, as for totals. */
  readonly order?: readonly SortField[]
  /** Rows to return. Default: all that match are read. */
  readonly limit?: number
}

/**
 * The plans of a request's readings, of which there is one or more.
 *
 * @throws {ProductError} `query_too_costly` when they would read more rows together than the contract's `limits.scan`; never
 *   where the table itself has no more.
 */
export function plansOf(
  { contract, stored = ownRecords(contract), known, totalsOnly = false, isLetIn = false }: Planning,
  view: View,
  readings: readonly Reading[],
): readonly Plan[] {
  const columnsOf = (filters: readonly Filter[]): ColumnFilter[] =>
    stored.filters(filters).map((filter) => ({ column: stored.column(filter.field), filter }))
  const hiding = columnsOf(view.rows)
  const plans = readings.map(({ filters, order = [], ...reading }) =>
    planOf(
      stored.table,
      {
        ...reading,
        hiding,
        filters: columnsOf(filters),
        order: stored
          .place(order, undefined)
          .order.map(({ field, descending }) => ({ column: stored.column(field), descending })),
      },
      known,
    ),
  )
  const scan = contract.limits?.scan ?? DEFAULT_SCAN
  const reads = plans.reduce((sum, plan) => sum + plan.reads, 0)
  if (!isLetIn && known && known.records > scan && reads > scan)
    throw tooCostly(contract, view, { readings, plans, reads, scan, totalsOnly })
  return plans
}

interface Costly {
  readonly readings: readonly Reading[]
  readonly plans: readonly Plan[]
  readonly reads: number
  readonly scan: number
  readonly totalsOnly: boolean
}

function tooCostly(
  contract: Contract,
  view: View,
  { readings, plans, reads, scan, totalsOnly }: Costly,
): ProductError {
  const costs = plans.map((plan) => plan.reads)
  const worst = costs.indexOf(Math.max(...costs))
  const { filters = [], order = [], limit } = readings[worst] ?? {}
  const index = servingIndex(contract, view, { filters, order, ...(limit === undefined ? {} : { limit }) })
  const isWhole = view.columns === null && view.rows.length === 0 && !totalsOnly
  const about = isWhole ? `about ${rounded(reads)} rows` : 'more rows' // a number would count what the view hides
  const shown = visibleFields(contract, view)
  const errors: ProblemDetail[] = [
    ...(index ? [{ detail: `an index would serve it; the product’s owner can add it: indexes: [${JSON.stringify(index)}]` }] : []), // prettier-ignore
    ...(shown.includes(contract.eventTime)
      ? [{ parameter: `${contract.eventTime}[gte]`, detail: `ask for less time: by ${contract.eventTime}[gte] and ${contract.eventTime}[lt]` }] // prettier-ignore
      : [{ detail: 'ask for fewer records: add a filter by a value' }]),
    ...(plans[worst]?.isSorted ? [{ parameter: 'sort', detail: 'leave the sort out, or sort by what is filtered by' }] : []), // prettier-ignore
    ...(plans.length > 1 && limit === undefined ? [{ detail: 'leave out Prefer: count=exact' }] : []),
  ]
  return new ProductError(
    'query_too_costly',
    `This query would read ${about}${isWhole ? `; ${contract.id} allows` : ` than ${contract.id} allows:`} ${scan}.`,
    errors,
  )
}

/** The fields of the index that would serve, if the view shows them all, and the contract has it not. */
function servingIndex(
  { key, indexes = [] }: Contract,
  view: View,
  { filters, order = [], limit }: Reading,
): readonly string[] | undefined {
  const all = [...view.rows, ...filters]
  const pins = all.filter((filter) => pinsOf(filter) === 1).map(({ field }) => field)
  const sorted = order.map(({ field }) => field).filter((field) => !key.includes(field))
  const ranges = all.filter(isRange).map(({ field }) => field)
  const next = limit === undefined || sorted.length === 0 ? ranges.slice(0, 1) : sorted
  const fields = [...new Set([...pins, ...next])]
  const isShown = fields.every((field) => view.columns === null || view.columns.includes(field))
  const isThere = indexes.some((index) => typeof index !== 'string' && index.join() === fields.join())
  return fields.length > 1 && isShown && !isThere ? fields : undefined
}

/** An estimate is no count: two digits. */
const rounded = (reads: number): number => Number(reads.toPrecision(2))
