/** How groups are cut where totals protect persons. */
import type { Contract } from './contract.ts'

/**
 * The fields whose values name one of the finest groups: those of the rule, and the currencies by which sums of money are
 * grouped, whether that is asked for or not. None without a rule.
 */
export function groupFields({ access, measures = {}, fields }: Contract): string[] {
  if (!access?.groups) return []
  const currencies = Object.values(measures).flatMap((measure) => {
    const field = 'sum' in measure && Object.hasOwn(fields, measure.sum) ? fields[measure.sum] : undefined
    return field?.kind === 'money' ? (field.unit ?? []) : []
  })
  return [...new Set([...access.groups.by, ...currencies])]
}
