/** Parquet columns of a contract's fields: their schema, and the stored values in the form that the writer takes. */
import { fieldOf, kindOf, type Contract, type ParquetType } from '@meshloop/contract'
import type { SchemaElement } from 'hyparquet'

interface TypeRow {
  readonly element: Omit<SchemaElement, 'name'>
  readonly value: (stored: string | number) => unknown
}

const DAY_MS = 86_400_000

/** Each type once with the older annotation and the newer one: readers look at either. */
const types: Readonly<Record<ParquetType, TypeRow>> = {
  text: {
    element: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
    value: String,
  },
  int64: { element: { type: 'INT64' }, value: BigInt },
  double: { element: { type: 'DOUBLE' }, value: Number },
  boolean: { element: { type: 'BOOLEAN' }, value: (stored) => stored === 1 },
  timestamp: {
    element: {
      type: 'INT64',
      converted_type: 'TIMESTAMP_MILLIS',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
    },
    value: (stored) => BigInt(Date.parse(String(stored))),
  },
  date: {
    element: { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } },
    value: (stored) => Date.parse(String(stored)) / DAY_MS,
  },
}

const typeOf = (contract: Contract, name: string): TypeRow =>
  types[kindOf(fieldOf(contract, name).kind).parquet]

/**
 * The schema of a product's files. Only key and event time are required columns: a field may have come into the contract
 * after a record.
 */
export function parquetSchema(contract: Contract): SchemaElement[] {
  const names = Object.keys(contract.fields)
  const required = new Set([...contract.key, contract.eventTime])
  return [
    { name: 'root', num_children: names.length },
    ...names.map((name) => ({
      name,
      repetition_type: required.has(name) ? ('REQUIRED' as const) : ('OPTIONAL' as const),
      ...typeOf(contract, name).element,
    })),
  ]
}

/** Rows of stored values, in the contract's order, as columns. */
export const parquetColumns = (contract: Contract, rows: readonly (readonly Stored[])[]) =>
  Object.keys(contract.fields).map((name, index) => {
    const { value } = typeOf(contract, name)
    const stored = rows.map((row) => row[index] ?? null)
    return { name, data: stored.map((each) => (each === null ? null : value(each))) }
  })

/** A value as the database holds it. */
export type Stored = string | number | null
