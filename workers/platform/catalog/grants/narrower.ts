/** Whether terms give nothing that other terms do not give: an owner approves what was asked for, or less. */
import { canonicalJson, type Contract } from '@meshloop/contract'
import type { Shown, Terms } from './grant.ts'
import { fieldsShown, inOrder } from './terms.ts'

/** Where `given` goes beyond `asked`, as a path in the terms; undefined if it does not. Both fit the contract. */
export function whereWider(given: Terms, asked: Terms, contract: Contract): string | undefined {
  const [less, more] = [inOrder(given), inOrder(asked)]
  if (!isFewerScopes(less.scopes, more.scopes)) return 'scopes'
  if (!isFewerFields(less.view, more.view, contract))
    return less.view.classes ? 'view.classes' : 'view.columns'
  if (!isFewerRows(less.view, more.view)) return 'view.rows'
  if (more.ends_at !== null && (less.ends_at === null || less.ends_at > more.ends_at)) return 'ends_at'
  if (!isFewerADay(less.rows_per_day, more.rows_per_day)) return 'rows_per_day'
  return undefined
}

const isFewerADay = (less: number | null, more: number | null): boolean =>
  more === null || (less !== null && less <= more)

/** Who may read records may add them up. No scope at all is another right, not a smaller one: it opens flags. */
function isFewerScopes(less: Terms['scopes'], more: Terms['scopes']): boolean {
  if (less.length === 0 || more.length === 0) return less.length === more.length
  return less.every((scope) => more.includes(scope) || (scope === 'aggregate' && more.includes('read')))
}

/** Classes go on with the contract: only classes are covered by classes, also where they show the same today. */
function isFewerFields(less: Shown, more: Shown, contract: Contract): boolean {
  if (more.classes === null && more.columns === null) return true
  if (less.classes !== null) return less.classes.every((each) => more.classes?.includes(each) === true)
  const fields = fieldsShown(contract, more)
  return less.columns !== null && less.columns.every((column) => fields?.includes(column) === true)
}

function isFewerRows(less: Shown, more: Shown): boolean {
  const conditions = new Set(less.rows.map(canonicalJson))
  return more.rows.every((row) => conditions.has(canonicalJson(row)))
}
