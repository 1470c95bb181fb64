/** What a view shows of a contract. Queries are compiled against this, so that a hidden field is an unknown field. */
import type { RowFilter, View } from '@meshloop/access/claims'
import { fittingFilter } from '@meshloop/access/fitting'
import {
  buckets,
  currenciesOf,
  fieldOfMeasure,
  filterable,
  partsOfMeasure,
  type Contract,
  type Measure,
} from '@meshloop/contract'
import { ProductError } from '../problems.ts'
import { sql, type SQL } from '../store/sql.ts'
import { condition, type Bounded, type Filter } from './condition.ts'

/**
 * The view of a token, once it is known to mean something here; its values are in their stored form.
 *
 * @throws {ProductError} `view_unfit` when a condition is on no field of the contract, or does not fit its kind.
 */
export function fittingView(contract: Contract, view: View): View {
  return { ...view, rows: view.rows.map((filter) => fitting(contract, filter)) }
}

function fitting(contract: Contract, filter: RowFilter): RowFilter {
  const fits = fittingFilter(contract, filter)
  if (fits) return fits
  throw new ProductError(
    'view_unfit',
    `The grant shows rows by ${filter.field} ${filter.op}; that is no condition on ${contract.id} ${contract.version}.`,
  )
}

/** Whether the view shows which record is which. */
export const showsKey = (contract: Contract, { columns }: View): boolean =>
  columns === null || contract.key.every((field) => columns.includes(field))

/** Names of the fields that the view shows, in the contract's order. */
export const visibleFields = (contract: Contract, view: View): string[] =>
  Object.keys(contract.fields).filter((field) => view.columns === null || view.columns.includes(field))

/** Whether the view shows all of every record: what is made of whole records, such as bulk files, is for such views alone. */
export const showsAll = (contract: Contract, view: View): boolean =>
  view.rows.length === 0 && visibleFields(contract, view).length === Object.keys(contract.fields).length

/** Fields of the view that may be filtered and sorted by. */
export function filterableFields(contract: Contract, view: View): string[] {
  const shown = visibleFields(contract, view)
  return filterable(contract).filter((field) => shown.includes(field))
}

/** Dimensions of the view. */
export function visibleDimensions(contract: Contract, view: View): string[] {
  const shown = visibleFields(contract, view)
  return (contract.dimensions ?? []).filter((field) => shown.includes(field))
}

/** Lengths of time that totals may be grouped by: of the event time, and of dimensions that are times. */
export function visibleBuckets(contract: Contract, view: View): string[] {
  const times = visibleDimensions(contract, view).filter((field) => contract.fields[field]?.kind === 'time')
  const shown = visibleFields(contract, view).filter((field) => field === contract.eventTime)
  return [...new Set([...shown, ...times])].flatMap((field) => buckets.map((bucket) => `${field}.${bucket}`))
}

/** Measures whose fields the view shows, the currencies of money included. */
export function visibleMeasures(contract: Contract, view: View): Readonly<Record<string, Measure>> {
  const shown = visibleFields(contract, view)
  return Object.fromEntries(
    Object.entries(contract.measures ?? {}).filter(([, measure]) =>
      fieldsOfMeasure(contract, measure).every((field) => shown.includes(field)),
    ),
  )
}

/** The conditions of a view's rows and a query's filters, and that nothing deleted is shown. */
export const shownRows = (filters: readonly Filter[], bounded?: Bounded): SQL[] => [
  sql`_deleted = 0`,
  ...filters.map((filter) => condition(filter, bounded)),
]

/** The fields that a measure is computed from, and the currencies that it is grouped by. */
export const fieldsOfMeasure = (contract: Contract, measure: Measure): string[] => [
  ...partsOfMeasure(contract, measure).flatMap((part) => fieldOfMeasure(part) ?? []),
  ...currenciesOf(contract, measure),
]
