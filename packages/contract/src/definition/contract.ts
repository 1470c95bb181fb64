/** What a data product promises, as data: the contract. Everything else about a product follows from it. */
import { ContractError } from './contract-error.ts'
import type { Duration } from './duration.ts'
import type { Field } from './fields.ts'
import type { Kind } from './kinds.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Projection } from './projection.ts'
import type { QualityRule } from './quality.ts'

/** The fields of a contract by name, in the order of its records. */
export type Fields = Readonly<Record<string, Field>>

/** A number that `aggregate` computes over records. Sums of money are grouped by their currency. */
export type Measure<Name extends string = string, Numeric extends string = string> = {
  readonly means: string
} & ({ readonly count: true } | { readonly sum: Numeric } | { readonly distinct: Name })

/** A total kept by dimension in the transaction of each write, so that reading it does not scan the records. */
export interface Rollup<Name extends string = string> {
  readonly by: readonly Name[]
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
export interface FlagsPort<Name extends string = string> {
  /** Name of the flag set: one view for the apps that are granted it. */
  readonly set: string
  readonly subject: Name
}

/** The promises that must hold for flags to be published as fresh. */
export type GateRule = 'freshness' | 'drift' | 'quality'

/** What it costs to read a product. */
export interface Price {
  readonly amount: number
  /** ISO 4217 */
  readonly currency: string
  /** What is paid for: `month`, `1000 requests`, `megabyte`. */
  readonly unit: string
}

/**
 * How small a group of persons may be that totals tell of. Where it holds, groups and filters are by these fields alone, and
 * whoever is in a smaller group is left out of every total, so that no difference of two totals tells of fewer.
 */
export interface GroupRule<Name extends string = string> {
  /** Persons (or records, without `of`) that a group has at least: 2 to 1000. */
  readonly least: number
  /** Field that says whom a record is about. Default: each record is somebody else. */
  readonly of?: Name
  /** Dimensions that totals may be grouped and filtered by. */
  readonly by: readonly Name[]
}

/** Who is shown something without asking the owner, and how totals protect persons. */
export interface AccessRules<Name extends string = string> {
  /** A request for fields of these classes alone is granted by the contract itself. Default: the owner decides on each. */
  readonly automatic?: readonly ('public' | 'internal')[]
  /** Holds for grants that show totals alone. Default: groups of any size. */
  readonly groups?: GroupRule<Name>
}

/** The ways out of a product that its contract may leave out. */
export const ports = ['records', 'aggregate', 'changes'] as const

/** A way out of a product. */
export type Port = (typeof ports)[number]

/** What a product promises. Names are names of its fields. */
export interface Contract {
  /** `<domain>.<product>`, lower case. */
  readonly id: `${string}.${string}`
  /** Semantic version; the major is part of the product's URL. */
  readonly version: `${number}.${number}.${number}`
  readonly title: string
  /** What the product is for, in a sentence or two. */
  readonly purpose: string
  readonly limitations?: string
  /** Terms of use: what readers may do with it, and what not. */
  readonly terms?: string
  /** Default: free of charge. */
  readonly price?: Price
  readonly owner: { readonly team: string; readonly support: string }
  /** `internal` keeps the product inside its domain. Default `mesh`. */
  readonly visibility?: 'mesh' | 'internal'
  readonly access?: AccessRules
  readonly fields: Fields
  readonly key: readonly [string, ...string[]]
  /** When it happened in the business. */
  readonly eventTime: string
  /** Orders the corrections of one record: the greater wins. Default: event time, for records that never change. */
  readonly versionBy?: string
  /** Fields beside key and event time that may be filtered and sorted by: each gets an index. */
  readonly indexes?: readonly string[]
  readonly measures?: Readonly<Record<string, Measure>>
  /** Fields that `aggregate` may group by. */
  readonly dimensions?: readonly string[]
  readonly rollups?: readonly Rollup[]
  /** The ways out that it offers. Default: all. */
  readonly ports?: readonly Port[]
  /** The watermark is never older than this. */
  readonly freshness: Duration
  /** New data arrives at least this often. Default: no promise. */
  readonly frequency?: Duration
  /** Records are kept at least this long. Default: no promise. */
  readonly retention?: Duration
  /** Per cent of all checks in a month that are answered, e.g. 99.5. Default: no promise. */
  readonly availability?: number
  readonly lifecycle?: Lifecycle
  /** Rules that the records keep, by name. */
  readonly quality?: Readonly<Record<string, QualityRule>>
  /** The products that a derived product is built from. */
  readonly inputs?: readonly InputRef[]
  readonly flags?: FlagsPort
  readonly gate?: readonly GateRule[]
  readonly reintegration?: Reintegration
  /** Of an older major that is served from a newer one's records: how it reads them. */
  readonly projects?: Projection
  /** What an imported ODCS document said beyond all this; it is part of the exported document again. */
  readonly carried?: Readonly<Record<string, unknown>>
}

/** A contract whose fields are known at compile time: its names are checked while they are typed. */
export interface ContractOf<F extends Fields> extends Contract {
  readonly fields: F
  readonly key: readonly [KeyNames<F>, ...KeyNames<F>[]]
  readonly eventTime: Names<F, string, 'time'>
  readonly versionBy?: Names<F, string, 'time'> | Names<F, number, 'int'>
  readonly indexes?: readonly Names<F>[]
  readonly measures?: Readonly<Record<string, Measure<Names<F>, Names<F, number | null>>>>
  readonly dimensions?: readonly Names<F>[]
  readonly access?: AccessRules<Names<F>>
  readonly rollups?: readonly Rollup<Names<F>>[]
  readonly quality?: Readonly<Record<string, QualityRule<Names<F>>>>
  readonly flags?: FlagsPort<Names<F, string, 'id'>>
}

/** The record that fields describe: what a consumer reads and a source sends. */
export type RecordOf<F extends Fields> = { -readonly [N in keyof F]: F[N] extends Field<infer V> ? V : never }

/** The record of a contract: `Row<typeof orders>`. */
export type Row<C extends Contract> = RecordOf<C['fields']>

/** What a record is told apart by: a text or a whole number. */
type KeyNames<F extends Fields> = Names<F, string> | Names<F, number, 'int'>

/** Names of the fields whose values are V and whose kind is K. */
type Names<F extends Fields, V = unknown, K extends Kind = Kind> = {
  [N in keyof F & string]: F[N] extends Field<V, K> ? N : never
}[keyof F & string]

/** The major version, as it stands in the product's URL. */
export const majorOf = (contract: Pick<Contract, 'version'>): number => Number(contract.version.split('.')[0])

/** The field that orders the versions of a record. */
export const versionField = (contract: Contract): string => contract.versionBy ?? contract.eventTime

/**
 * Fields that may be filtered and sorted by, each once: key, event time, version, indexes. A grant's rows are by these alone:
 * by others each answer would read the rows that it hides, and take the longer the more they are.
 */
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
