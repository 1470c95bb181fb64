/** What a data product promises, as data: the contract. Everything else about a product follows from it. */
import { ContractError, findProblems } from './check.ts'
import type { Class, Field } from './fields.ts'
import type { Duration } from './duration.ts'
import type { Kind } from './kinds.ts'

export type Fields = Readonly<Record<string, Field>>

/** The record that fields describe: what a consumer reads and a source sends. */
export type RecordOf<F extends Fields> = { -readonly [N in keyof F]: F[N] extends Field<infer V> ? V : never }

/** The record of a contract: `Row<typeof orders>`. */
export type Row<C> = C extends Contract<infer F> ? RecordOf<F> : never

/** Names of the fields whose values are V and whose kind is K; any name for a contract whose fields are not known at compile time. */
type Names<F extends Fields, V, K extends Kind = Kind> = string extends keyof F
  ? string
  : { [N in keyof F & string]: F[N] extends Field<V, K> ? N : never }[keyof F & string]

/** A number that `aggregate` computes over records. Sums of money are grouped by their currency. */
export type Measure<F extends Fields = Fields> = { readonly means: string } & (
  | { readonly count: true }
  | { readonly sum: Names<F, number | null> }
  | { readonly distinct: Names<F, unknown> }
)

/** A total kept by dimension in the transaction of each write, so that reading it does not scan the records. */
export interface Rollup<F extends Fields = Fields> {
  readonly by: readonly Names<F, unknown>[]
  /** Names of count and sum measures; distinct counts cannot be kept as a total. */
  readonly measures: readonly string[]
}

/** A product that a derived product reads. */
export interface InputRef {
  readonly product: string
  readonly major: number
}

/** The decision that this product's data may steer an operational system. Needed for a flags port. */
export interface Reintegration {
  readonly decided_by: string
  readonly why: string
  readonly risk: string
  /** YYYY-MM-DD: when the decision is looked at again. */
  readonly review_by: string
}

/** Flags for operational apps: one record a subject, signed by this product, published by the steward. */
export interface FlagsPort<F extends Fields = Fields> {
  /** Name of the flag set: one view for the apps that are granted it. */
  readonly set: string
  readonly subject: Names<F, string>
}

/** The promises that must hold for flags to be published as fresh. */
export type GateRule = 'freshness' | 'drift' | 'quality'

export interface Contract<F extends Fields = Fields> {
  /** `<domain>.<product>`, lower case. */
  readonly id: `${string}.${string}`
  /** Semantic version; the major is part of the product's URL. */
  readonly version: `${number}.${number}.${number}`
  readonly title: string
  /** What the product is for, in a sentence or two. */
  readonly purpose: string
  readonly limitations?: string
  readonly owner: { readonly team: string; readonly support: string }
  /** `internal` keeps the product inside its domain. Default `mesh`. */
  readonly visibility?: 'mesh' | 'internal'
  readonly fields: F
  readonly key: readonly [Names<F, string>, ...Names<F, string>[]]
  /** When it happened in the business. */
  readonly eventTime: Names<F, string, 'time'>
  /** Orders the corrections of one record: the greater wins. Default: event time, for records that never change. */
  readonly versionBy?: Names<F, string, 'time'> | Names<F, number, 'int'>
  /** Fields beside key and event time that may be filtered and sorted by: each gets an index. */
  readonly indexes?: readonly Names<F, unknown>[]
  readonly measures?: Readonly<Record<string, Measure<F>>>
  /** Fields that `aggregate` may group by. */
  readonly dimensions?: readonly Names<F, unknown>[]
  readonly rollups?: readonly Rollup<F>[]
  /** The watermark is never older than this. */
  readonly freshness: Duration
  /** How long records are kept. Default: indefinitely. */
  readonly retention?: Duration
  /** The products that a derived product is built from. */
  readonly inputs?: readonly InputRef[]
  readonly flags?: FlagsPort<F>
  readonly gate?: readonly GateRule[]
  readonly reintegration?: Reintegration
}

/**
 * Defines a product. Wrong names fail to compile; what the compiler cannot see is checked here.
 *
 * @throws {ContractError} `contract_invalid`, with every problem and its fix.
 */
export function defineProduct<F extends Fields>(contract: { fields: F } & Contract<NoInfer<F>>): Contract<F> {
  const problems = findProblems(contract as unknown as Contract) // its names are strings: the compiler cannot see that for an open F
  if (problems.length > 0) throw new ContractError(contract.id, problems)
  return contract
}

/** The major version, as it stands in the product's URL. */
export const majorOf = (contract: Pick<Contract, 'version'>): number => Number(contract.version.split('.')[0])

/** The field that orders the versions of a record. */
export const versionField = (contract: Contract): string => contract.versionBy ?? contract.eventTime

/** Fields that may be filtered and sorted by, each once: key, event time, version, indexes. */
export function filterable(contract: Contract): readonly string[] {
  return [
    ...new Set([...contract.key, contract.eventTime, versionField(contract), ...(contract.indexes ?? [])]),
  ]
}

/** The field of that name. @throws {ContractError} `contract_invalid` when there is none: a bug in the caller. */
export function fieldOf(contract: Contract, name: string): Field {
  const field = contract.fields[name]
  if (!field)
    throw new ContractError(contract.id, [{ path: `fields.${name}`, problem: 'there is no such field' }])
  return field
}

/** Classes from the least to the most protected. */
export const classes: readonly Class[] = ['public', 'internal', 'personal', 'sensitive']
