/** What is read of one input of a derivation, with its names checked against its contract. */
import {
  fieldOf,
  type Contract,
  type ContractOf,
  type Duration,
  type Field,
  type Fields,
  type Kind,
} from '@meshloop/contract'

/** Fields with such values. */
export type Names<F extends Fields, V, K extends Kind = Kind> = {
  [N in keyof F & string]: F[N] extends Field<V, K> ? N : never
}[keyof F & string]

/** Which input leads to another one, and by what. */
export interface Lead {
  /** Name of the input in the derivation. */
  readonly input: string
  /** Its fields, with the kind of the other's field that each is compared with: theirs must be the same. */
  readonly kinds: Readonly<Record<string, Kind>>
}

/**
 * What is read of one input. `P`: the parts of the derived key that it names, where it does not name the whole key.
 * `L`: what leads to it, where it names fields of another input.
 */
export interface Input<
  C extends Contract = Contract,
  N extends string = string,
  P extends string = string,
  L extends Lead = Lead,
> {
  readonly of: C
  /** Fields of the input that say what a row belongs to. A row without one of them belongs to nothing. */
  readonly by: readonly string[]
  /** What each of them is in the derived key. Default: the whole key, in its order. */
  readonly parts?: readonly P[]
  /** What each of them is in the rows of another input. */
  readonly via?: L
  /** Fields that `build` sees. */
  readonly fields: readonly N[]
  /** How many of the latest rows of a key, by event time, `build` sees; with `via` of each value that leads to rows. */
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

/** Fields for the whole key in its order, or by the names of what they are compared with: `{ campaign_id: 'id' }`. */
type By<F extends Fields> =
  | readonly Names<F, string | null>[]
  | Readonly<Record<string, Names<F, string | null>>>

type PartsOf<B> = B extends readonly unknown[] ? never : keyof B & string

/** Whether `via` was given: a name, and not any text. */
type IfVia<V extends string, Then, Else> = [V] extends [never] ? Else : string extends V ? Else : Then

type LeadOf<F extends Fields, B, V extends string> = {
  readonly input: V
  readonly kinds: B extends readonly unknown[]
    ? { readonly 'its fields by name': Kind }
    : { readonly [S in keyof B & string]: F[B[S] & keyof F]['kind'] }
}

/**
 * An input, with its names checked against its contract. A `by` that names parts of the key alone is of rows that belong to
 * every record with these parts: a change of a campaign is one of all of its recipients. With `via` it names fields of that
 * other input, which must be among those that are read of it: its rows lead to these ones.
 *
 * @example
 * inputs: {
 *   orders: input(orders, { by: ['order_id'], fields: ['customer_id'], last: 1 }),
 *   customers: input(customers, { via: 'orders', by: { customer_id: 'id' }, fields: ['country'], last: 1 }),
 * }
 */
export const input = <
  F extends Fields,
  const N extends keyof F & string,
  const B extends By<F>,
  const V extends string = never,
>(
  of: ContractOf<F>,
  {
    by,
    via,
    ...how
  }: {
    readonly by: B
    /** Name in the derivation of the input whose rows lead to those of this one. Default: the key leads to them. */
    readonly via?: V
    readonly fields: readonly N[]
    readonly last: number
    readonly within?: Duration
    readonly each?: Names<F, string | null, 'enum'>
  },
): Input<ContractOf<F>, N, IfVia<V, never, PartsOf<B>>, IfVia<V, LeadOf<F, B, V>, never>> => {
  const named = Array.isArray(by) ? [] : Object.entries<string>(by as Readonly<Record<string, string>>)
  const compared =
    via === undefined
      ? named.length > 0 && { parts: named.map(([part]) => part) }
      : { via: { input: via, kinds: Object.fromEntries(named.map(([lead, own]) => [lead, fieldOf(of, own).kind])) } } // prettier-ignore
  return { of, by: Object.values(by), ...compared, ...how } as never // by the names of these objects
}
