/**
 * Whose totals protect persons, and how their groups are cut.
 *
 * A cell is what has the same value in every field that protected totals may be cut by, and in every currency. A record counts
 * in all answers or in none, whatever they are grouped and filtered by: so an answer is a sum of whole cells, and so is the
 * difference of two answers of one moment.
 */
import type { View } from '@meshloop/access/claims'
import { groupFields, type Contract } from '@meshloop/contract'
import { visibleDimensions, visibleFields, visibleMeasures } from '../query/visible.ts'
import { isOfSums } from './measures.ts'

/** How totals of one view protect persons. */
export interface Protection {
  /** Persons that a cell tells of at least. */
  readonly least: number
  /** Field that tells persons apart; undefined where each record is somebody else. The view may hide it. */
  readonly person: string | undefined
  /** Dimensions that totals may be grouped and filtered by. */
  readonly by: readonly string[]
  /** Measures that are sums over records, or sums divided by sums: see {@link isOfSums}. */
  readonly measures: readonly string[]
  /** Fields whose values name a cell: see {@link groupFields}. */
  readonly cell: readonly string[]
}

/** What a token shows. */
interface Shown {
  readonly view: View
  readonly totalsOnly: boolean
}

/**
 * The protection of what a token shows, if its contract has a rule: of a grant for totals alone. Whoever reads the records adds
 * them up, and totals by persons that they do not see would tell which records are of one person.
 *
 * Of a view that hides one of the fields that cells are named by, cells are the larger for it: what is hidden decides about
 * nothing that is shown, but for whom a record is about.
 */
export function protectionOf(contract: Contract, { view, totalsOnly }: Shown): Protection | undefined {
  const rule = contract.access?.groups
  if (!rule || !totalsOnly) return undefined
  const shown = visibleFields(contract, view)
  return {
    least: rule.least,
    person: rule.of,
    measures: Object.entries(visibleMeasures(contract, view)).flatMap(([name, measure]) =>
      isOfSums(contract, measure) ? [name] : [],
    ),
    by: visibleDimensions(contract, view).filter((field) => rule.by.includes(field)),
    cell: groupFields(contract).filter((field) => shown.includes(field)),
  }
}
