/** Records of a product, checked by the contract that the reader was built with. */
import { majorOf, recordSchema, type Contract, type Operator, type Row } from '@meshloop/contract'
import * as z from 'zod'
import type { Answer } from './answer.ts'
import type { Call } from './call.ts'
import type { ProductRef } from './product-ref.ts'
import { ClientError } from './client-error.ts'
import { readAnswer } from './read-answer.ts'

type Names<C extends Contract> = keyof Row<C> & string

/** Filters, order and page, as the product's OpenAPI document has them: `{ 'placed_at[gte]': '2026-11-01T00:00:00.000Z' }`. */
export type RecordsQuery<C extends Contract> = {
  readonly [N in Names<C> as N | `${N}[${Exclude<Operator, 'eq'>}]`]?: string | number | boolean
} & {
  /** A field, or several joined by commas; descending with a minus. */
  readonly sort?: string
  /** 1 to 1,000. Default 100. */
  readonly limit?: number
  /** `next_cursor` of the page before. */
  readonly cursor?: string
}

/** A page of records. */
export interface RecordsPage<C extends Contract> {
  readonly records: readonly Row<C>[]
  /** Null at the end. */
  readonly next_cursor: string | null
  /** Up to when the product's data is complete; null when it does not know. */
  readonly as_of: string | null
}

/** One record and the moment up to which its product is complete. */
export interface RecordAnswer<C extends Contract> {
  readonly record: Row<C>
  readonly as_of: string | null
}

const pageSchema = z.object({
  records: z.array(z.record(z.string(), z.unknown())),
  next_cursor: z.string().min(1).max(2000).nullable(),
})

/** Reads a page. @throws {ClientError} as a call does; `answer_invalid` for a record against the contract. */
export async function readRecords<C extends Contract>(
  call: Call,
  contract: C,
  query: RecordsQuery<C>,
): Promise<RecordsPage<C>> {
  const parameters = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
  )
  const answer = await call(refOf(contract), 'read', `/records?${parameters}`)
  const page = readAnswer(refOf(contract), answer, pageSchema)
  const toRow = rowOf(contract, answer)
  return { records: page.records.map(toRow), next_cursor: page.next_cursor, as_of: answer.as_of }
}

/** Reads one record; `key` are the parts of its key in the contract's order. Undefined when there is none. */
export async function readRecord<C extends Contract>(
  call: Call,
  contract: C,
  key: readonly string[],
): Promise<RecordAnswer<C> | undefined> {
  const ref = refOf(contract)
  const path = key.map(encodeURIComponent).join('/')
  try {
    const answer = await call(ref, 'read', `/records/${path}`)
    const record = readAnswer(ref, answer, z.record(z.string(), z.unknown()))
    return { record: rowOf(contract, answer)(record), as_of: answer.as_of }
  } catch (error) {
    if (error instanceof ClientError && error.problem?.code === 'record_not_found') return undefined
    throw error
  }
}

const refOf = (contract: Contract): ProductRef => ({ product: contract.id, major: majorOf(contract) })

/** A later minor version has more fields than the reader was built with: they are left out, not refused. */
function rowOf<C extends Contract>(contract: C, answer: Answer) {
  const schema = recordSchema(contract)
  const names = Object.keys(contract.fields)
  return (record: Readonly<Record<string, unknown>>): Row<C> => {
    const known = Object.fromEntries(
      names.flatMap((name) => (name in record ? [[name, record[name]]] : [])),
    ) as unknown
    return readAnswer(refOf(contract), { ...answer, json: known }, schema)
  }
}
