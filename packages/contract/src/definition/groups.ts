/** How groups are cut where totals protect persons. */
import type { Contract } from './contract.ts'
import { currenciesOf } from './measures.ts'

/**
 * The fields whose values name one of the finest groups: those of the rule, and the currencies by which what is computed of
 * money is grouped, whether that is asked for or not. None without a rule.
 */
export function groupFields(contract: Pick<Contract, 'access' | 'measures' | 'fields'>): string[] {
  const { access, measures = {} } = contract
  if (!access?.groups) return []
  const currencies = Object.values(measures).flatMap((measure) => currenciesOf(contract, measure))
  return [...new Set([...access.groups.by, ...currencies])]
}
