/** `GET /records/{key}`: one record. */
import { fieldOf, kindOf, zodOf, type Contract } from '@meshloop/contract'
import { archivedMonth } from '../../exports/archived.ts'
import { newestExport } from '../../exports/stored-exports.ts'
import { ProductError } from '../../problems.ts'
import { maxStalenessParameter, numberOf, readParameters, type Values } from '../../query/parameters.ts'
import { readRecord } from '../../query/records.ts'
import { showsAll } from '../../query/visible.ts'
import { answer } from '../answer.ts'
import { perQuery, searchOf } from '../per-query.ts'
import type { Serving } from '../reading.ts'
import type { Reply } from '../reply.ts'
import type { Shown } from '../shown.ts'

/** `GET /records/{key}`: the parts of the key are path segments, in the contract's order. */
export async function record(
  runtime: Serving,
  shown: Shown,
  request: Request,
  named: Readonly<Record<string, string>>,
): Promise<Reply> {
  const { contract, reader } = runtime
  const { view } = shown
  const parts = contract.key.map((_, i) => named[`k${i}`] ?? '')
  const search = searchOf(request)
  const values = ofRecord(shown, search, () => readParameters(new URLSearchParams(search), parameters))
  const key = Object.fromEntries(keyParts(contract).map(({ name, read }, i) => [name, read(parts[i] ?? '')]))
  const found = await readRecord(reader, view, key)
  if (!found) {
    const elsewhere = showsAll(contract, view) ? await archivedPlace(runtime, Object.values(key)) : ''
    throw new ProductError(
      'record_not_found',
      `There is no record with the key ${parts.join('/')}${elsewhere}.`,
    )
  }
  return answer(runtime, request, {
    standing: found.standing,
    body: found.record,
    hash: found.hash,
    view: view.id,
    maxStalenessMs: numberOf(values, 'max_staleness'),
  })
}

const parameters = [maxStalenessParameter]
const ofRecord = perQuery<Values>()

/** Where a record is that left D1, for whom may read it there; nothing of one that did not. */
async function archivedPlace(
  { contract, env, reader }: Serving,
  key: readonly (string | number)[],
): Promise<string> {
  const month = await archivedMonth(reader.db, contract, key)
  if (month === undefined) return ''
  const id = await newestExport(reader.db)
  return ` in the database: it is of ${month}, and lives in the bulk files of that month alone, ${env.BASE_URL}/exports/${id}`
}

/** A part of the key. @throws {ProductError} `record_not_found` when a text is no value of it */
interface KeyPart {
  readonly name: string
  readonly read: (text: string) => string | number
}

/** Made once a contract: what checks a value costs more to make than to use. */
const made = new WeakMap<Contract, readonly KeyPart[]>()

function keyParts(contract: Contract): readonly KeyPart[] {
  const parts = made.get(contract) ?? contract.key.map((name) => keyPart(contract, name))
  made.set(contract, parts)
  return parts
}

function keyPart(contract: Contract, name: string): KeyPart {
  const field = fieldOf(contract, name)
  const schema = zodOf(field)
  return {
    name,
    read(text) {
      const value = schema.safeParse(kindOf(field.kind).fromText(text)).data
      if (typeof value === 'string' || typeof value === 'number') return value
      throw new ProductError('record_not_found', `${text} is no ${name}.`)
    },
  }
}
