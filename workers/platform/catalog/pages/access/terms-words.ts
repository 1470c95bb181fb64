/** What a request or a grant shows, in words: pages and their Markdown twins say the same. */
import type { RowFilter } from '@meshloop/access/claims'
import type { Contract } from '@meshloop/contract'
import type { Terms } from '../../grants/grant.ts'
import { fieldsShown } from '../../grants/terms.ts'
import type { Said } from '../contract-words.ts'
import { formatCount, formatTime } from '../format.ts'

/** Everything that terms say. */
export function termsWords(terms: Terms, contract: Contract | null): readonly Said[] {
  return [
    { name: 'What', what: scopesWords(terms) },
    { name: 'Fields', what: fieldsWords(terms, contract) },
    { name: 'Rows', what: rowsWords(terms) },
    ...(terms.rows_per_day === null ? [] : [{ name: 'Quota', what: quotaWords(terms.rows_per_day) }]),
    { name: 'Ends', what: endWords(terms.ends_at) },
  ]
}

/** `records and totals`. */
export function scopesWords({ scopes }: Pick<Terms, 'scopes'>): string {
  if (scopes.includes('read')) return 'Records and totals'
  if (scopes.includes('aggregate')) return 'Totals only: no single record is shown'
  return scopes.length === 0
    ? 'No token: the right is another, such as the secret of its flags'
    : scopes.join(', ')
}

/** Fields by their names in the contract, where it is known. */
export function fieldsWords(
  { view: { classes, columns } }: Pick<Terms, 'view'>,
  contract: Contract | null,
): string {
  if (columns !== null)
    return `${columns.length === 1 ? 'Only' : `${columns.length} fields:`} ${columns.join(', ')}`
  if (classes === null) return 'All, also those that the contract adds later'
  const now = contract === null ? [] : (fieldsShown(contract, { classes, columns: null, rows: [] }) ?? [])
  const which = `All ${classes.join(' and ')} fields, also those that the contract adds later`
  return now.length === 0 ? which : `${which}; today ${now.join(', ')}`
}

/** `status is paid, and total_cents is at least 1000`. */
export const rowsWords = ({ view: { rows } }: Pick<Terms, 'view'>): string =>
  rows.length === 0 ? 'All' : `Only where ${rows.map(conditionWords).join(', and ')}`

/** `at most 100,000 rows a day`. */
export const quotaWords = (rowsPerDay: number): string => `at most ${formatCount(rowsPerDay)} rows a day`

/** Until when. */
export const endWords = (endsAt: string | null): string =>
  endsAt === null ? 'No end: until it is revoked' : formatTime(endsAt)

/** What an operator of a row condition is called. */
export const operatorWords = {
  eq: 'is',
  in: 'is one of',
  gt: 'is more than',
  gte: 'is at least',
  lt: 'is less than',
  lte: 'is at most',
} as const satisfies Record<RowFilter['op'], string>

/** One condition. */
export const conditionWords = ({ field, op, value }: RowFilter): string =>
  `${field} ${operatorWords[op]} ${Array.isArray(value) ? value.join(', ') : String(value)}`
