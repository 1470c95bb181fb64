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

/**
 * A number that `aggregate` computes over records. Whatever is computed of money is grouped by its currency. `average`, `min`
 * and `max` leave records without a value out; `ratio` divides one other measure by another, and is null where that is 0.
 */
export type Measure<Name extends string = string, Numeric extends string = string> = {
  readonly means: string
} & (
  | { readonly count: true }
  | { readonly sum: Numeric }
  | { readonly distinct: Name }
  | { readonly average: Numeric }
  | { readonly min: Name }
  | { readonly max: Name }
  | { readonly ratio: readonly [string, string] }
)

/** Lengths of time that totals may be grouped by. A week begins on Monday (ISO 8601). */
export const buckets = ['hour', 'day', 'week', 'month'] as const

/** A length of time that totals may be grouped by. */
export type Bucket = (typeof buckets)[number]

/** A total kept by dimension in the transaction of each write, so that reading it does not scan the records. */
export interface Rollup<Name extends string = string> {
  /** Dimensions, and lengths of the event time in UTC: `placed_at.day`. */
  readonly by: readonly (Name | `${Name}.${Bucket}`)[]
  /** Names of count and sum measures; of the others averages and ratios follow from these, distinct counts, least and greatest do not. */
  readonly measures: readonly string[]
}

/** An index of several fields: it serves who filters by the first ones and sorts by the next. */
export type CompositeIndex<Name extends string = string> = readonly [Name, Name, ...Name[]]

/** Bulk files in R2, written by the product's own Worker on its schedule. Needs a bucket bound as EXPORTS. */
export interface ExportRule {
  /** An export is made at most so long after a change. Default PT1H. */
  readonly every?: Duration
  /** An export that was replaced by a newer one can still be read for so long. Default P7D. */
  readonly keep?: Duration
  /**
   * Records of months of event time that ended longer ago leave D1 and live on in the exports alone. P31D or more; it may be
   * lengthened, and never be taken away. Default: all stay in D1 too.
   */
  readonly hot?: Duration
}

/** What a request may cost at most. */
export interface Limits {
  /** Rows that one query may read in D1. One that would read more is refused. Default 200,000. */
  readonly scan?: number
  /** Requests of one consumer a minute. Default 1,200. */
  readonly requests?: number
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
  /**
   * Fields beside key and event time that may be filtered and sorted by: each gets an index. Several fields together are one
   * more index, for who filters by the first and sorts by the last of them.
   */
  readonly indexes?: readonly (string | CompositeIndex)[]
  readonly measures?: Readonly<Record<string, Measure>>
  /** Fields that `aggregate` may group by. */
  readonly dimensions?: readonly string[]
  readonly rollups?: readonly Rollup[]
  /** The ways out that it offers. Default: all. */
  readonly ports?: readonly Port[]
  /** Offers bulk files as well. Default: none. */
  readonly exports?: ExportRule
  readonly limits?: Limits
  /** The watermark is never older than this. */
  readonly freshness: Duration
  /** New data arrives at least this often. Default: no promise. */
  readonly frequency?: Duration
  /** Records are kept at least this long. Default: no promise. */
  readonly retention?: Duration
  /** Deletions are told in the change feed at least this long; who follows more slowly begins again. Default: for good. */
  readonly tombstones?: Duration
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
  readonly indexes?: readonly (Names<F> | CompositeIndex<Names<F>>)[]
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
  const indexed = (contract.indexes ?? []).flat()
  return [...new Set([...contract.key, contract.eventTime, versionField(contract), ...indexed])]
}

/** The field of that name. @throws {ContractError} `contract_invalid` when there is none: a bug in the caller. */
export function fieldOf(contract: Contract, name: string): Field {
  const field = contract.fields[name]
  if (!field)
    throw new ContractError(contract.id, [{ path: `fields.${name}`, problem: 'there is no such field' }])
  return field
}
