/** Records at the boundary: what a source sends becomes a record of the contract, or a list of what is wrong with it. */
import * as z from 'zod'
import type { Contract, Row } from '../definition/contract.ts'
import { zodOf } from '../definition/kinds.ts'

/** A row may be wrong in any number of places; so many are told. */
const MAX_ERRORS = 20
/** Names in a row are somebody's input: longer ones are told by their beginning. */
const MAX_NAME_CHARS = 100

/** One thing that is wrong with a sent row. */
export interface RowError {
  /** `unknown_field`, `missing`, `wrong_type`, `out_of_range`, `not_allowed`, `malformed`, or one that the product adds. */
  readonly code: string
  /** Path of the field, parts joined by dots; empty for the row as a whole. */
  readonly field: string
  readonly detail: string
}

/** A row that was read: a record, or everything that is wrong with it. */
export type ReadRow<R> = { readonly record: R } | { readonly errors: readonly RowError[] }

/** The Zod type of a record: exactly the contract's fields, a missing nullable one becomes null. */
export const recordSchema = <C extends Contract>(contract: C): z.ZodType<Row<C>> =>
  z.strictObject(
    Object.fromEntries(Object.entries(contract.fields).map(([name, field]) => [name, zodOf(field)])),
  ) as unknown as z.ZodType<Row<C>> // the fields' value types are what their kinds' Zod types put out: proved in kinds.test.ts

/** Makes the reader of a contract's rows. Build it once, not per row. */
export function rowReader<C extends Contract>(contract: C): (row: unknown) => ReadRow<Row<C>> {
  const schema = recordSchema(contract)
  const allowed = Object.keys(contract.fields).join(', ')
  return (row) => {
    const read = schema.safeParse(row)
    return read.success
      ? { record: read.data }
      : { errors: read.error.issues.flatMap((issue) => explain(issue, row, allowed)).slice(0, MAX_ERRORS) }
  }
}

function explain(issue: z.core.$ZodIssue, row: unknown, allowed: string): RowError[] {
  const field = issue.path.map(String).join('.')
  if (field !== '' && valueAt(row, issue.path) === undefined && issue.code !== 'unrecognized_keys')
    return [{ code: 'missing', field, detail: 'the contract asks for a value; none was sent' }]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.slice(0, MAX_ERRORS).map((key) => ({
        code: 'unknown_field',
        field: `${field === '' ? '' : `${field}.`}${key.slice(0, MAX_NAME_CHARS)}`,
        detail: field === '' ? `not in the contract; its fields are ${allowed}` : `not a member of ${field}`,
      }))
    case 'invalid_type':
      return [{ code: 'wrong_type', field, detail: issue.message }]
    case 'too_big':
    case 'too_small':
      return [{ code: 'out_of_range', field, detail: issue.message }]
    case 'invalid_value':
      return [{ code: 'not_allowed', field, detail: issue.message }]
    default:
      return [{ code: 'malformed', field, detail: issue.message }]
  }
}

const valueAt = (row: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, part) => (value === null || typeof value !== 'object' ? undefined : Reflect.get(value, part)),
    row,
  )
