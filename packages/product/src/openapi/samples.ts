/** Values that examples are made of: those of the contract, else the simplest of a field's kind. */
import { fieldOf, type Contract, type Field } from '@meshloop/contract'

type Json = Readonly<Record<string, unknown>>

/** A record of the contract. */
export const sampleRecord = ({ fields }: Contract): Json => sampleOfAll(fields)

/** The key of {@link sampleRecord}. */
export const sampleKey = (contract: Contract): Json =>
  Object.fromEntries(contract.key.map((name) => [name, sampleOf(fieldOf(contract, name))]))

/** One value of a field. */
export function sampleOf(field: Field): unknown {
  const [example] = field.examples ?? []
  if (example !== undefined) return example
  const { kind, values = [], min, max, items, fields, nullable } = field
  if (nullable) return null
  switch (kind) {
    case 'enum':
      return values[0]
    case 'int':
    case 'money':
    case 'number':
      return min ?? Math.min(0, max ?? 0)
    case 'bool':
      return true
    case 'time':
      return '2026-11-01T09:30:00.000Z'
    case 'date':
      return '2026-11-01'
    case 'list':
      return items ? [sampleOf(items)].slice(0, max ?? 1) : []
    case 'struct':
      return sampleOfAll(fields ?? {})
    default:
      return 'a'
  }
}

const sampleOfAll = (fields: Readonly<Record<string, Field>>): Json =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, sampleOf(field)]))
