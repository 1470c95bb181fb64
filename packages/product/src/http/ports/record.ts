/** `GET /records/{key}`: one record. */
import type { View } from '@meshloop/access/claims'
import { fieldOf, kindOf, zodOf, type Contract } from '@meshloop/contract'
import { ProductError } from '../../problems.ts'
import { maxStalenessParameter, numberOf, readParameters } from '../../query/parameters.ts'
import { readRecord } from '../../query/records.ts'
import { answer } from '../answer.ts'
import type { Serving } from '../reading.ts'

/** `GET /records/{key}`: the parts of the key are path segments, in the contract's order. */
export async function record(
  runtime: Serving,
  view: View,
  request: Request,
  parts: readonly string[],
): Promise<Response> {
  const { contract, reader } = runtime
  const values = readParameters(new URL(request.url).searchParams, [maxStalenessParameter])
  const key = Object.fromEntries(
    contract.key.map((field, i) => [field, keyPart(contract, field, parts[i] ?? '')]),
  )
  const found = await readRecord(reader, view, key)
  if (!found)
    throw new ProductError('record_not_found', `There is no record with the key ${parts.join('/')}.`)
  return answer(runtime, request, {
    standing: found.standing,
    body: found.record,
    view: view.id,
    maxStalenessMs: numberOf(values, 'max_staleness'),
  })
}

function keyPart(contract: Contract, name: string, text: string): string | number {
  const field = fieldOf(contract, name)
  const read = zodOf(field).safeParse(kindOf(field.kind).fromText(text))
  if (!read.success || (typeof read.data !== 'string' && typeof read.data !== 'number'))
    throw new ProductError('record_not_found', `${text} is no ${name}.`)
  return read.data
}
