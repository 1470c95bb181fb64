/** What a derived product is built from, and how: pure data and one pure function. */
import {
  durationMs,
  type Contract,
  type ContractOf,
  type Duration,
  type Field,
  type Fields,
  type Kind,
  type RecordOf,
  type Row,
} from '@meshloop/contract'

type Names<F extends Fields, V, K extends Kind = Kind> = {
  [N in keyof F & string]: F[N] extends Field<V, K> ? N : never
}[keyof F & string]

/** What is read of one input. `P`: the parts of the derived key that it names, where it does not name the whole key. */
export interface Input<C extends Contract = Contract, N extends string = string, P extends string = string> {
  readonly of: C
  /** Fields of the input that say which derived record a row belongs to. A row without one of them belongs to no record. */
  readonly by: readonly string[]
  /** What each of them is in the derived key. Default: the whole key, in its order. */
  readonly parts?: readonly P[]
  /** Fields that `build` sees. */
  readonly fields: readonly N[]
  /** How many of the latest rows of a key, by event time, `build` sees. */
  readonly last: number
  /**
   * `build` sees only rows whose event time is at most so long before that of the key's newest row of this input. No clock
   * decides: the window moves when a row comes or goes, and a late row or a correction lands where it belongs.
   * Default: rows of any age.
   */
  readonly within?: Duration
  /**
   * A field: `last` counts for each of its values by itself. Where somebody can make rows of one kind at will, they must
   * not push those of another out of sight. Default: `last` counts all rows.
   */
  readonly each?: string
}

/** Fields for the whole key in its order, or for some parts of it by their names: `{ campaign_id: 'id' }`. */
type By<F extends Fields> =
  | readonly Names<F, string | null>[]
  | Readonly<Record<string, Names<F, string | null>>>

type PartsOf<B> = B extends readonly unknown[] ? never : keyof B & string

/**
 * An input, with its names checked against its contract. A `by` that names parts of the key alone is of rows that belong to
 * every record with these parts: a change of a campaign is one of all of its recipients.
 */
export const input = <F extends Fields, const N extends keyof F & string, const B extends By<F>>(
  of: ContractOf<F>,
  {
    by,
    ...how
  }: {
    readonly by: B
    readonly fields: readonly N[]
    readonly last: number
    readonly within?: Duration
    readonly each?: Names<F, string | null, 'enum'>
  },
): Input<ContractOf<F>, N, PartsOf<B>> => ({
  of,
  by: Object.values(by),
  ...(Array.isArray(by) ? {} : { parts: Object.keys(by) as PartsOf<B>[] }), // the names of this object
  ...how,
})

type RowsOf<I> =
  I extends Input<infer C, infer N> ? readonly Readonly<Pick<Row<C>, N & keyof Row<C>>>[] : never

/** An input as the runtime follows it. */
export interface Followed extends Input {
  readonly parts: readonly string[]
}

/** A derivation with its types taken off: what the runtime works with. */
export interface Derivation {
  readonly out: Contract
  readonly inputs: Readonly<Record<string, Followed>>
  readonly build: (
    key: Readonly<Record<string, string>>,
    rows: Readonly<Record<string, readonly unknown[]>>,
  ) => unknown
}

/** The parts of a derivation. */
export interface DeriveOptions<O extends Fields, K extends string, I> {
  readonly out: ContractOf<O>
  /** The key of the derived product, as its contract has it. */
  readonly key: readonly K[]
  /** At least one of them names the whole key: its rows say which keys there are. */
  readonly inputs: I
  /**
   * Builds the record of one key from its rows, oldest first; nothing when there is none to be. It is asked while an input
   * that names the whole key has a row of it. Pure: no clock, no I/O; timestamps instead of ages, so that nothing changes
   * because time passes. When it is changed, raise the contract's version: all records are built anew.
   */
  readonly build: (
    key: { readonly [N in K]: string },
    rows: { readonly [N in keyof I]: RowsOf<I[N]> },
  ) => NoInfer<RecordOf<O>> | undefined
}

/**
 * Defines a derivation.
 *
 * @throws {TypeError} when key, inputs or `by` do not agree with the contract, or an input offers no changes.
 */
export function derive<
  O extends Fields,
  const K extends Names<O, string>,
  I extends Readonly<Record<string, Input<Contract, string, K>>>,
>(options: DeriveOptions<O, K, I>): Derivation {
  const { out, key, inputs } = options
  if (key.join() !== out.key.join())
    throw new TypeError(`${out.id}: key is ${out.key.join(', ')} in the contract`)
  const read = Object.values(inputs).map(({ of }) => of.id)
  const declared = (out.inputs ?? []).map(({ product }) => product)
  if (read.toSorted().join() !== declared.toSorted().join())
    throw new TypeError(
      `${out.id}: the contract declares the inputs ${declared.join(', ')}; the derivation reads ${read.join(', ')}`,
    )
  for (const { of } of Object.values(inputs))
    if (of.ports && !of.ports.includes('changes'))
      throw new TypeError(
        `${out.id}: ${of.id} offers no changes to follow; its contract offers ${of.ports.join(', ')}`,
      )
  const followed = Object.fromEntries(
    Object.entries<Input>(inputs).map(([name, each]) => [name, follow(out, name, each)]),
  )
  if (!Object.values(followed).some((each) => isWhole(out, each)))
    throw new TypeError(
      `${out.id}: no input names the whole key ${key.join(', ')}; one must, its rows say which records there are`,
    )
  return { ...options, inputs: followed } as unknown as Derivation // the runtime reads what is built by the contract
}

/** Whether the rows of an input belong to one record each. */
export const isWhole = (out: Contract, { parts }: Followed): boolean => parts.length === out.key.length

function follow(out: Contract, name: string, { parts = out.key, ...input }: Input): Followed {
  const { by, within } = input
  const fail = (why: string): TypeError => new TypeError(`${out.id}: input ${name} ${why}`)
  if (by.length !== parts.length)
    throw fail(
      `names ${by.length} fields for a key of ${out.key.length}; for a part of the key say which: by: { ${out.key[0]}: '${by[0] ?? ''}' }`,
    )
  for (const part of parts)
    if (!out.key.includes(part))
      throw fail(`names ${part}, which is no part of the key ${out.key.join(', ')}`)
  if (within !== undefined && !durationMs(within))
    throw fail(`has the window ${within}, which is no duration`)
  const ordered = out.key.filter((part) => parts.includes(part))
  return { ...input, parts: ordered, by: ordered.flatMap((part) => by[parts.indexOf(part)] ?? []) }
}
