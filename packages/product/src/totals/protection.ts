/**
 * Whose totals protect persons, and how their groups are cut.
 *
 * A cell is what has the same value in every field that protected totals may be cut by, and in every currency. A record counts
 * in all answers or in none, whatever they are grouped and filtered by: so an answer is a sum of whole cells, and so is the
 * difference of two answers of one moment.
 */
import type { View } from '@meshloop/access/claims'
import { classOf, groupFields, type Contract } from '@meshloop/contract'
import { visibleDimensions, visibleFields } from '../query/visible.ts'

/** How totals of one view protect persons. */
export interface Protection {
  /** Persons that a cell tells of at least. */
  readonly least: number
  /** Field that tells persons apart; undefined where each record is somebody else. The view may hide it. */
  readonly person: string | undefined
  /** Dimensions that totals may be grouped and filtered by. */
  readonly by: readonly string[]
  /** Fields whose values name a cell: see {@link groupFields}. */
  readonly cell: readonly string[]
}

/** What a token shows. */
interface Shown {
  readonly view: View
  readonly totalsOnly: boolean
}

/**
 * The protection of what a token shows, if its contract has a rule. Whoever sees every record with everything personal in it
 * sees the persons anyway. Of a view that hides one of the fields that cells are named by, cells are the larger for it: what
 * is hidden decides about nothing that is shown, but for whom a record is about.
 */
export function protectionOf(contract: Contract, { view, totalsOnly }: Shown): Protection | undefined {
  const rule = contract.access?.groups
  if (!rule || (!totalsOnly && showsPersons(contract, view))) return undefined
  const shown = visibleFields(contract, view)
  return {
    least: rule.least,
    person: rule.of,
    by: visibleDimensions(contract, view).filter((field) => rule.by.includes(field)),
    cell: groupFields(contract).filter((field) => shown.includes(field)),
  }
}

function showsPersons(contract: Contract, view: View): boolean {
  const shown = visibleFields(contract, view)
  const hidesPersons = Object.entries(contract.fields).some(
    ([name, field]) => !shown.includes(name) && ['personal', 'sensitive'].includes(classOf(field)),
  )
  return view.rows.length === 0 && !hidesPersons
}
