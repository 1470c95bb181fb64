/** What a contract grants by itself. */
import { classOf, type Class, type Contract, type Field } from '@meshloop/contract'
import type { Grant, Shown, Terms } from './grant.ts'
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
  const classIn = (name: string): Class => {
    const field = contract.fields[name]
    return field ? classOf(field) : 'sensitive'
  }
  return reads && fields.every((name) => granted.includes(classIn(name)))
}

/**
 * What the contract grants of what was asked for: who asks for everything gets the classes that it decides about, so that a
 * field of another class, which it adds later, waits for the owner.
 */
export function shownByContract({ access, fields }: Contract, view: Shown): Shown {
  if (view.columns !== null || view.classes !== null) return view
  const there = Object.values(fields).map(classOf)
  return { ...view, classes: access?.automatic?.filter((each) => there.includes(each)) ?? null }
}

/** Whether the contract decided on the grant as it is now, not a person. */
export const isByContract = ({ decided_by }: Pick<Grant, 'decided_by'>): boolean =>
  decided_by.startsWith('contract:')

/** Whether a field may be shown by the grant: what nobody decided about never shows personal data. */
export const mayShow = (grant: Pick<Grant, 'decided_by'>, field: Field): boolean =>
  !isByContract(grant) || !forPeople.includes(classOf(field))
