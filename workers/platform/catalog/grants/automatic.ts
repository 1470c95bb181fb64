/** What a contract grants by itself. */
import type { Class, Contract } from '@meshloop/contract'
import type { Grant, Terms } from './grant.ts'
import { fieldsShown } from './terms.ts'

/** Classes that no contract grants by itself. */
const forPeople: readonly Class[] = ['personal', 'sensitive']

/**
 * Whether the contract grants these terms by itself: every field that they show is of a class that it says so of, and every
 * field that chooses rows too, since who chooses rows by a field learns what is in it.
 */
export function isAutomatic(contract: Contract, { scopes, view }: Terms): boolean {
  const granted: readonly Class[] = contract.access?.automatic ?? []
  const shown = fieldsShown(contract, view) ?? Object.keys(contract.fields)
  const reads = scopes.length > 0 && scopes.every((scope) => scope === 'read' || scope === 'aggregate')
  const fields = [...shown, ...view.rows.map(({ field }) => field)]
  return reads && fields.every((name) => granted.includes(contract.fields[name]?.class ?? 'sensitive'))
}

/** Whether the contract decided on the grant as it is now, not a person. */
export const isByContract = ({ decided_by }: Pick<Grant, 'decided_by'>): boolean =>
  decided_by.startsWith('contract:')

/** Whether a field of that class may be shown by the grant: what nobody decided about never shows personal data. */
export const mayShow = (grant: Pick<Grant, 'decided_by'>, shown: Class): boolean =>
  !isByContract(grant) || !forPeople.includes(shown)
