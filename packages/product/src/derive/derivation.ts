/** What a derived product is built from, and how: pure data and one pure function. */
import type { Contract, ContractOf, Field, Fields, Kind, RecordOf, Row } from '@meshloop/contract'

type Names<F extends Fields, V, K extends Kind = Kind> = {
  [N in keyof F & string]: F[N] extends Field<V, K> ? N : never
}[keyof F & string]

/** What is read of one input. */
export interface Input<C extends Contract = Contract, N extends string = string> {
  readonly of: C
  /** Fields of the input that say which derived record a row belongs to, in the order of its key. A row with none of them belongs to no record. */
  readonly by: readonly string[]
  /** Fields that `build` sees. */
  readonly fields: readonly N[]
  /** How many of the latest rows of a key, by event time, `build` sees. */
  readonly last: number
  /**
   * A field: `last` counts for each of its values by itself. Where somebody can make rows of one kind at will, they must
   * not push those of another out of sight. Default: `last` counts all rows.
   */
  readonly each?: string
}

/** An input, with its names checked against its contract. */
export const input = <F extends Fields, const N extends keyof F & string>(
  of: ContractOf<F>,
  how: {
    readonly by: readonly Names<F, string | null>[]
    readonly fields: readonly N[]
    readonly last: number
    readonly each?: keyof F & string
  },
): Input<ContractOf<F>, N> => ({ of, ...how })

type RowsOf<I> =
  I extends Input<infer C, infer N> ? readonly Readonly<Pick<Row<C>, N & keyof Row<C>>>[] : never

/** A derivation with its types taken off: what the runtime works with. */
export interface Derivation {
  readonly out: Contract
  readonly inputs: Readonly<Record<string, Input>>
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
  readonly inputs: I
  /**
   * Builds the record of one key from its rows, oldest first; nothing when there is none to be. Pure: no clock, no
   * I/O; timestamps instead of ages, so that nothing changes because time passes.
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
  I extends Readonly<Record<string, Input>>,
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
  for (const [name, { by }] of Object.entries(inputs))
    if (by.length !== key.length)
      throw new TypeError(`${out.id}: input ${name} names ${by.length} fields for a key of ${key.length}`)
  return options as unknown as Derivation // the runtime reads each row by its input's contract before it calls build
}
