/** What a derived product is built from, and how: pure data and one pure function. */
import {
  durationMs,
  fieldOf,
  type Contract,
  type ContractOf,
  type Fields,
  type RecordOf,
  type Row,
} from '@meshloop/contract'
import type { Input, Lead, Names } from './input.ts'

type RowsOf<I> =
  I extends Input<infer C, infer N> ? readonly Readonly<Pick<Row<C>, N & keyof Row<C>>>[] : never

/** What `via` must be: an input of the derivation, and fields that are read of it, of these kinds. */
type Linked<I> = {
  readonly [N in keyof I]: I[N] extends Input<Contract, string, string, infer L> ? Link<I, L> : unknown
}
type Link<I, L extends Lead> = [L] extends [never]
  ? unknown
  : I[L['input'] & keyof I] extends Input<infer C, infer M>
    ? { readonly via?: { readonly input: keyof I; readonly kinds: KindsOf<C, M, L['kinds']> } }
    : { readonly via?: { readonly input: keyof I } }
type KindsOf<C extends Contract, M extends string, K> = {
  readonly [F in keyof K]: F extends M ? C['fields'][F & string]['kind'] : 'a field that is read of it'
}

/** The input whose rows lead to those of another one. */
export interface Leader {
  readonly name: string
  readonly input: Followed
  /** Its fields, in the order of the other's `by`. */
  readonly fields: readonly string[]
}

/** An input as the runtime follows it: the parts of the key that it names, in the key's order, or what leads to it. */
export interface Followed extends Input {
  readonly parts: readonly string[]
  readonly leader?: Leader
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
   * that names the whole key has a row of it. Of an input that another one leads to it sees the rows of each value that the
   * rows have which it sees of that one. Pure: no clock, no I/O; timestamps instead of ages, so that nothing changes
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
 * @throws {TypeError} when key, inputs or `by` do not agree with the contract, an input offers no changes, or two are of one product.
 */
export function derive<
  O extends Fields,
  const K extends Names<O, string>,
  I extends Readonly<Record<string, Input<Contract, string, K>>>,
>(options: DeriveOptions<O, K, I> & { readonly inputs: Linked<I> }): Derivation {
  const { out, key, inputs } = options
  if (key.join() !== out.key.join())
    throw new TypeError(`${out.id}: key is ${out.key.join(', ')} in the contract`)
  const read = Object.values(inputs).map(({ of }) => of.id)
  const declared = (out.inputs ?? []).map(({ product }) => product)
  if (read.toSorted().join() !== declared.toSorted().join())
    throw new TypeError(
      `${out.id}: the contract declares the inputs ${declared.join(', ')}; the derivation reads ${read.join(', ')}`,
    )
  const twice = read.find((id, index) => read.indexOf(id) !== index)
  if (twice !== undefined)
    throw new TypeError(
      `${out.id}: two inputs are of ${twice}, whose changes are followed once: read all that is needed of it as one input`,
    )
  for (const { of } of Object.values(inputs))
    if (of.ports && !of.ports.includes('changes'))
      throw new TypeError(
        `${out.id}: ${of.id} offers no changes to follow; its contract offers ${of.ports.join(', ')}`,
      )
  const followed = Object.fromEntries(Object.keys(inputs).map((name) => [name, follow(out, inputs, [name])]))
  if (!Object.values(followed).some((each) => isWhole(out, each)))
    throw new TypeError(
      `${out.id}: no input names the whole key ${key.join(', ')}; one must, its rows say which records there are`,
    )
  return { ...options, inputs: followed } as unknown as Derivation // the runtime reads what is built by the contract
}

/** Whether the rows of an input belong to one record each. */
export const isWhole = (out: Contract, { parts }: Followed): boolean => parts.length === out.key.length

/** `path`: the name of the input, and before it those of the inputs that it leads to. */
function follow(out: Contract, inputs: Readonly<Record<string, Input>>, path: readonly string[]): Followed {
  const name = path.at(-1) ?? ''
  const { parts = out.key, ...input } = inputs[name] as Input // callers name inputs that are there
  const { by, via, within } = input
  const fail = (why: string): TypeError => new TypeError(`${out.id}: input ${name} ${why}`)
  if (within !== undefined && !durationMs(within))
    throw fail(`has the window ${within}, which is no duration`)
  if (via) return { ...input, parts: [], leader: leaderOf(via, fail) }
  if (by.length !== parts.length)
    throw fail(
      `names ${by.length} fields for a key of ${out.key.length}; for a part of the key say which: by: { ${out.key[0]}: '${by[0] ?? ''}' }`,
    )
  for (const part of parts)
    if (!out.key.includes(part))
      throw fail(`names ${part}, which is no part of the key ${out.key.join(', ')}`)
  const ordered = out.key.filter((part) => parts.includes(part))
  return { ...input, parts: ordered, by: ordered.flatMap((part) => by[parts.indexOf(part)] ?? []) }

  function leaderOf({ input: lead, kinds }: Lead, fail: (why: string) => TypeError): Leader {
    const leading = inputs[lead]
    if (!leading) throw fail(`is read via ${lead}, which is no input: ${Object.keys(inputs).join(', ')}`)
    if (path.includes(lead)) throw fail(`is read via ${lead}, which is read via it: no key leads to either`)
    const fields = Object.keys(kinds)
    if (fields.length === 0)
      throw fail(`is read via ${lead}; say by which of its fields: by: { its_field: '${by[0] ?? ''}' }`)
    for (const field of fields) {
      if (!leading.fields.includes(field))
        throw fail(`is read via ${lead}, of which no ${field} is read: name it among its fields`)
      const { kind } = fieldOf(leading.of, field)
      if (kind !== kinds[field])
        throw fail(`compares ${lead}.${field}, of the kind ${kind}, with a field of the kind ${kinds[field]}`)
    }
    return { name: lead, input: follow(out, inputs, [...path, lead]), fields }
  }
}
