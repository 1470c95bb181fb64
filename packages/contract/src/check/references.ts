/** Members of a contract that name its fields. */
import { filterable, type Contract } from '../definition/contract.ts'
import { kindOf } from '../definition/kinds.ts'
import type { ContractProblem } from '../definition/contract-error.ts'
import { own } from './own.ts'

/** What the queries of every product are made with, beside the names of its fields. */
const PARAMETERS = new Set([
  'by',
  'cursor',
  'fields',
  'limit',
  'max_staleness',
  'measures',
  'sort',
  'time_zone',
])

/** Longer texts have no place in an address or in a cursor: a request's line has 16 KB. */
const MAX_INDEXED_CHARS = 4_000

/** Problems of key, times, indexes and dimensions. */
export function* checkReferences(contract: Contract): Generator<ContractProblem> {
  const { fields, key, eventTime, versionBy } = contract
  const lists = { key, indexes: (contract.indexes ?? []).flat(), dimensions: contract.dimensions ?? [] }
  for (const [path, list] of Object.entries(lists))
    for (const name of list) {
      const field = own(fields, name)
      if (!field) yield { path, problem: `${name} is no field of this product` }
      else if (kindOf(field.kind).operators.length === 0)
        yield { path, problem: `${name} is a ${field.kind}, which has no order` }
      else if (field.kind === 'text' && (field.max ?? 0) > MAX_INDEXED_CHARS)
        yield {
          path,
          problem: `${name} is a text of up to ${field.max} characters: what is looked up, sorted or grouped by has at most ${MAX_INDEXED_CHARS}`,
        }
    }
  for (const name of filterable(contract))
    if (PARAMETERS.has(name))
      yield {
        path: `fields.${name}`,
        problem: `readers filter by it, but ${name} is a parameter of its own: give it another name`,
      }
  if (new Set(key).size !== key.length) yield { path: 'key', problem: 'names a field twice' }
  for (const name of key) {
    const field = own(fields, name)
    if (field?.nullable) yield { path: 'key', problem: `${name} is nullable: a key always has a value` }
    if (field?.kind === 'bool')
      yield { path: 'key', problem: `${name} is true or false, which tells no record from others` }
  }
  const time = own(fields, eventTime)
  if (time?.kind !== 'time' || time.nullable)
    yield { path: 'eventTime', problem: 'is a time field that always has a value' }
  if (versionBy !== undefined) {
    const field = own(fields, versionBy)
    if (!field || field.nullable || (field.kind !== 'time' && field.kind !== 'int'))
      yield { path: 'versionBy', problem: 'is a time or int field that always has a value' }
  }
}
