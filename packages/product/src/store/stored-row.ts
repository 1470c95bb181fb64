/** A record as it is written: its values in column order, with what orders and names its content. */
import { hash } from 'node:crypto'
import { canonicalJson, fieldOf, versionField, type Contract } from '@meshloop/contract'

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
  /** What is written: the JSON array of values, version, hash, and 1 for a deletion or 0. */
  readonly text: string
}

/** Makes stored rows of one contract's records. */
export interface Storing {
  /** A record that the contract's reader has read. */
  readonly record: (record: Json) => StoredRow
  /** The deletion of a record: its key and the version at which it went. */
  readonly deletion: (record: Json) => StoredRow
}

/** How rows of this contract are stored. Make it once, not per row. */
export function storing(contract: Contract): Storing {
  const names = Object.keys(contract.fields)
  const version = versionField(contract)
  const keys = new Set<string>(contract.key)
  const texts = new Set(names.filter((name) => isJsonText(contract, name)))
  return {
    record(record) {
      const values = names.map((name) => {
        const value = record[name] ?? null
        return value !== null && texts.has(name) ? canonicalJson(value) : value
      })
      return stored(values, versionOf(version, record), false)
    },
    deletion(record) {
      const values = names.map((name) => (keys.has(name) ? record[name] : null))
      return stored(values, versionOf(version, record), true)
    },
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

function versionOf(field: string, record: Json): string | number {
  const version = record[field]
  if (typeof version === 'string' || typeof version === 'number') return version
  throw new TypeError(`${field} has no value: the row was not read by the contract`)
}

/**
 * The hash is of canonical JSON, which that of an array of texts, numbers and nulls is. It is Node's, since WebCrypto's waits:
 * a turn of the event loop for each row takes as long as hashing it.
 */
function stored(values: readonly unknown[], version: string | number, deleted: boolean): StoredRow {
  const open = JSON.stringify(values).slice(0, -1)
  const digest = hash('sha256', deleted ? `${open},"deleted"]` : `${open}]`, 'base64url').slice(0, 22)
  const text = `${open},${JSON.stringify(version)},"${digest}",${deleted ? 1 : 0}]`
  return { values, version, hash: digest, deleted, text }
}
