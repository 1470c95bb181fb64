/** Which fields a request read: those that its answer showed, and those that it was filtered, sorted or computed by. */
import type { View } from '@meshloop/access/claims'
import { groupingOf, type Contract } from '@meshloop/contract'
import type { Way } from '../http/offered-ports.ts'
import { fieldsOfMeasure, visibleFields, visibleMeasures } from '../query/visible.ts'

/** A request that was answered: its query has only parameters of its port. */
export interface Answered {
  readonly contract: Contract
  readonly view: View
  readonly port: Way
  readonly query: URLSearchParams
}

/** The fields, in the order of the contract. */
export function fieldsRead(answered: Answered): string[] {
  const { contract, port, query } = answered
  const named = [
    ...listOf(query, 'sort').map((field) => field.replace(/^-/, '')),
    ...[...query.keys()].map((parameter) => parameter.replace(/\[\w+\]$/, '')),
    ...(port === 'aggregate' ? aggregated(answered) : shown(answered)),
  ]
  const read = new Set(named)
  return Object.keys(contract.fields).filter((field) => read.has(field))
}

function shown({ contract, view, port, query }: Answered): readonly string[] {
  const asked = listOf(query, 'fields')
  if (asked.length === 0) return visibleFields(contract, view)
  return port === 'changes' ? [...contract.key, ...asked] : asked
}

function aggregated({ contract, view, query }: Answered): readonly string[] {
  const measures = visibleMeasures(contract, view)
  const asked = listOf(query, 'measures')
  const computed = Object.entries(measures).filter(([name]) => asked.length === 0 || asked.includes(name))
  return [
    ...listOf(query, 'by').map((name) => groupingOf(name).field),
    ...computed.flatMap(([, measure]) => fieldsOfMeasure(contract, measure)),
  ]
}

const listOf = (query: URLSearchParams, parameter: string): string[] =>
  query.get(parameter)?.split(',').filter(Boolean) ?? []
