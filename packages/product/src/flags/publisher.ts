/** What the flags port works with: the product's own code, its keys, its database and the bounds of one call. */
import { majorOf, type Contract, type FlagsPort } from '@meshloop/contract'
import type { FlagEntry, FlagKeys, FlagPin, FlagSigningKey } from '@meshloop/flags/sign'
import type { Json } from '../store/stored-row.ts'

/**
 * Keyed hash of a value inside an entry, 22 characters: apps compare what they have in their hand, the entry itself names
 * nobody. `label` is the kind of value, such as `address`.
 */
export type HashValue = (label: string, value: string) => Promise<string>

/** How a product's records become flags. */
export interface FlagsOptions {
  /**
   * The entry that apps read about a record's subject: at most 4,096 bytes of JSON, timestamps instead of ages. Pure;
   * a change of it needs a new version of the contract, by which all entries are made anew.
   */
  entry(record: Json, hash: HashValue): FlagEntry | Promise<FlagEntry>
}

/** Bounds of one call: it stays far below D1's 1,000 queries an invocation and an isolate's memory. */
export interface Bounds {
  /** Records read by one statement. */
  readonly feedRows: number
  /** Such statements. */
  readonly feedPages: number
  /** Pages that are offered. */
  readonly offeredPages: number
}

/** A flag set with everything that it takes to publish it. */
export interface Publisher {
  readonly db: D1Database
  readonly contract: Contract
  readonly contractHash: string
  readonly port: FlagsPort
  readonly options: FlagsOptions
  /** Sources or inputs that the watermark is the minimum of. */
  readonly expected: readonly string[]
  /** `<environment>/<product>/v<major>/<flag set>`. */
  readonly aud: string
  readonly keys: FlagKeys
  readonly signingKey: FlagSigningKey
  /** The public half of that key. */
  readonly pins: readonly FlagPin[]
  readonly bounds: Bounds
  /** Unix ms. */
  readonly now: () => number
}

/**
 * The flags port of a contract.
 *
 * @throws {TypeError} when it declares none, or records are not one a subject: then deletions could not be told.
 */
export function flagsPortOf({ id, key, flags }: Contract): FlagsPort {
  if (!flags)
    throw new TypeError(`${id}: the contract declares no flags port; add flags and reintegration to it`)
  if (key.join() !== flags.subject)
    throw new TypeError(`${id}: the key must be the flags' subject, ${flags.subject}: one record a subject`)
  return flags
}

/** Names a flag set for all who publish and read it. */
export const audienceOf = (environment: string, contract: Contract, { set }: FlagsPort): string =>
  `${environment}/${contract.id}/v${majorOf(contract)}/${set}`
