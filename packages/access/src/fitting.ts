/** Whether a view's condition on rows means something under a contract: the catalog asks before it grants, the product before it shows. */
import { kindOf, zodOf, type Contract, type Field } from '@meshloop/contract'
import type { RowFilter } from './view.ts'

/**
 * The condition with its value in its stored form; undefined when it is on no field of the contract, or does not fit its
 * kind. SQLite takes the name of a missing column for a text and compares values of any types: such a condition would show
 * rows to everybody.
 */
export function fittingFilter(contract: Contract, filter: RowFilter): RowFilter | undefined {
  const field = Object.hasOwn(contract.fields, filter.field) ? contract.fields[filter.field] : undefined
  if (!field || !kindOf(field.kind).operators.includes(filter.op)) return undefined
  const one = zodOf(comparedWith(field))
  const read = (filter.op === 'in' ? one.array() : one).safeParse(filter.value)
  return read.success ? ({ ...filter, value: read.data } as RowFilter) : undefined // of the kind's own type, as it was before
}

/** The longest text that any text field may be compared with. */
const MAX_TEXT_CHARS = 2_000

/**
 * What a field may be compared with. Its bounds are about what is stored: a comparison with what lies beyond them is
 * answered, so that tightening them breaks no reader.
 */
export function comparedWith({ min: _min, max, ...field }: Field): Field {
  const one = { ...field, nullable: false }
  return field.kind === 'text' ? { ...one, max: Math.max(max ?? 0, MAX_TEXT_CHARS) } : one
}
