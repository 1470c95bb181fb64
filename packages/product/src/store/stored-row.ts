/** A record as it is written: its values in column order, with what orders and names its content. */
import { canonicalJson, fieldOf, sha256, versionField, type Contract } from '@meshloop/contract'

/** A JSON object whose members are not known. */
export type Json = Readonly<Record<string, unknown>>

/** One accepted change of one record. */
export interface StoredRow {
  /** Values of the contract's fields in their order; null for all but the key in a tombstone. */
  readonly values: readonly unknown[]
  /** The greater version of a record wins. */
  readonly version: string | number
  /** Decides between equal versions, and tells a repeat; 22 characters of base64url. */
  readonly hash: string
  readonly deleted: boolean
}

/** A record of the contract as a stored row. */
export async function storedRow(contract: Contract, record: Json): Promise<StoredRow> {
  const names = Object.keys(contract.fields)
  const values = names.map((name) => storedValue(contract, name, record[name] ?? null))
  return { values, version: versionOf(contract, record), hash: await hashOf(values), deleted: false }
}

/** The deletion of a record: its key and the version at which it went. */
export async function tombstone(contract: Contract, record: Json): Promise<StoredRow> {
  const values = Object.keys(contract.fields).map((name) =>
    contract.key.includes(name) ? record[name] : null,
  )
  return {
    values,
    version: versionOf(contract, record),
    hash: await hashOf([...values, 'deleted']),
    deleted: true,
  }
}

/** Lists and structs are stored as canonical JSON text; everything else as it is. */
export function storedValue(contract: Contract, name: string, value: unknown): unknown {
  return value !== null && isJsonText(contract, name) ? canonicalJson(value) : value
}

/** True for fields whose column holds JSON text. */
export const isJsonText = (contract: Contract, name: string): boolean =>
  ['list', 'struct'].includes(fieldOf(contract, name).kind)

/** True for fields whose column holds 0 or 1 for a boolean. */
export const isBoolean = (contract: Contract, name: string): boolean =>
  fieldOf(contract, name).kind === 'bool'

function versionOf(contract: Contract, record: Json): string | number {
  const version = record[versionField(contract)]
  if (typeof version === 'string' || typeof version === 'number') return version
  throw new TypeError(`${versionField(contract)} has no value: the row was not read by the contract`)
}

const hashOf = async (values: readonly unknown[]): Promise<string> =>
  (await sha256(canonicalJson(values))).slice(0, 22)
