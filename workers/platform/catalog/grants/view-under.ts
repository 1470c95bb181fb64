/** What a grant shows under the contract of the moment: never more than was granted, whatever the contract became. */
import type { RowFilter } from '@meshloop/access/claims'
import { fittingFilter } from '@meshloop/access/fitting'
import type { Contract } from '@meshloop/contract'
import { mayShow } from './automatic.ts'
import type { Grant } from './grant.ts'
import { fieldsShown } from './terms.ts'

/** Columns (null: all) and rows that are shown, or why nothing is. */
export type ViewUnder =
  | { readonly columns: readonly string[] | null; readonly rows: readonly RowFilter[] }
  | { readonly reason: string }

/**
 * Fields that the contract no longer has are not shown, nor are those that became personal since the contract granted them by
 * itself. With a condition on rows that no longer means anything, nothing is shown: without it more would be.
 */
export function viewUnder(contract: Contract, grant: Pick<Grant, 'view' | 'decided_by'>): ViewUnder {
  const { view } = grant
  const version = `${contract.id} ${contract.version}`
  const isShown = (name: string): boolean => {
    const field = contract.fields[name]
    return field !== undefined && mayShow(grant, field)
  }
  const all = Object.keys(contract.fields)
  const granted = fieldsShown(contract, view)
  const columns = (granted ?? all).filter(isShown)
  if (columns.length === 0) return { reason: `the grant shows no field that ${version} has` }
  const rows = view.rows.flatMap((row) => (isShown(row.field) ? (fittingFilter(contract, row) ?? []) : []))
  if (rows.length < view.rows.length)
    return { reason: `the grant chooses rows in a way that ${version} does not have` }
  return { columns: granted === null && columns.length === all.length ? null : columns, rows }
}
