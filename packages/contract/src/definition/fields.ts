/** Field builders: what one column of a product means and holds. */
import type { Kind, Shape } from './kinds.ts'

/** How much care a field's values need, least first. Personal and sensitive data are never public. */
export const classes = ['public', 'internal', 'personal', 'sensitive'] as const

/** How much care a field's values need. */
export type Class = (typeof classes)[number]

/** A field of another product: `purchase.orders#order_id`. */
export type Reference = `${string}.${string}#${string}`

/** One field. `V` is the type of its values in a record. */
export interface Field<V = unknown, K extends Kind = Kind> extends Shape {
  readonly kind: K
  /** What the field says, in words of the business. */
  readonly means: string
  /** What people call it: `Order number`. */
  readonly name?: string
  /** Other words for it, by which people and agents search. */
  readonly synonyms?: readonly string[]
  readonly class: Class
  /** Unit of the value; of money the name of the currency field beside it. */
  readonly unit?: string
  /** The field of another product that this one refers to: the way to join them. */
  readonly of?: Reference
  /** Of a derived product: the inputs' fields that its values are made of; empty if none of them shows in it. */
  readonly from?: readonly Reference[]
  readonly examples?: readonly unknown[]
  readonly items?: Field
  readonly fields?: Readonly<Record<string, Field>>
  /** Type only: never set. */
  readonly '~value'?: V
}

interface Options<N extends boolean> {
  /** Default `internal`. */
  readonly class?: Class
  readonly name?: string
  readonly synonyms?: readonly string[]
  readonly unit?: string
  /** Default false: every record has a value. */
  readonly nullable?: N
  readonly of?: Reference
  readonly from?: readonly Reference[]
  readonly examples?: readonly unknown[]
}

/** `min` and `max` are both included. */
interface NumberOptions<N extends boolean> extends Options<N> {
  readonly min?: number
  readonly max?: number
}

/** `max`: characters of a text (default 2,000), items of a list (default 100). */
interface SizeOptions<N extends boolean> extends Options<N> {
  readonly max?: number
}

type Or<V, N extends boolean> = N extends true ? V | null : V
type Members = Readonly<Record<string, Field>>
type ValueOf<F> = F extends Field<infer V> ? V : never
type ValuesOf<M extends Members> = { -readonly [N in keyof M]: ValueOf<M[N]> }

const make = <V, K extends Kind>(kind: K, means: string, more: object): Field<V, K> => ({
  kind,
  means,
  class: 'internal',
  nullable: false,
  ...more,
})

/** An identifier: 1 to 64 printable ASCII characters without blanks. */
export const id = <const N extends boolean = false>(
  means: string,
  o: Options<N> = {},
): Field<Or<string, N>, 'id'> => make('id', means, o)

/** Free text in well-formed Unicode. */
export const text = <const N extends boolean = false>(
  means: string,
  o: SizeOptions<N> = {},
): Field<Or<string, N>, 'text'> => make('text', means, o)

/** One of a closed list of values. */
export const oneOf = <const V extends readonly [string, ...string[]], const N extends boolean = false>(
  values: V,
  means: string,
  o: Options<N> = {},
): Field<Or<V[number], N>, 'enum'> => make('enum', means, { ...o, values })

/** A whole number within ±2^53. */
export const int = <const N extends boolean = false>(
  means: string,
  o: NumberOptions<N> = {},
): Field<Or<number, N>, 'int'> => make('int', means, o)

/** A finite 64-bit floating-point number. */
export const number = <const N extends boolean = false>(
  means: string,
  o: NumberOptions<N> = {},
): Field<Or<number, N>, 'number'> => make('number', means, o)

/** An amount in minor units (cents) as a whole number; `unit` names the field that holds the ISO 4217 currency. */
export const money = <const N extends boolean = false>(
  means: string,
  o: NumberOptions<N> & { readonly unit: string },
): Field<Or<number, N>, 'money'> => make('money', means, o)

/** Yes or no. */
export const bool = <const N extends boolean = false>(
  means: string,
  o: Options<N> = {},
): Field<Or<boolean, N>, 'bool'> => make('bool', means, o)

/** A moment: RFC 3339 UTC with milliseconds, 24 characters. Ingest accepts other offsets and normalises them. */
export const time = <const N extends boolean = false>(
  means: string,
  o: Options<N> = {},
): Field<Or<string, N>, 'time'> => make('time', means, o)

/** A calendar day, YYYY-MM-DD. */
export const date = <const N extends boolean = false>(
  means: string,
  o: Options<N> = {},
): Field<Or<string, N>, 'date'> => make('date', means, o)

/** An ordered list of values of one field. */
export const list = <I extends Field, const N extends boolean = false>(
  items: I,
  means: string,
  o: SizeOptions<N> = {},
): Field<Or<ValueOf<I>[], N>, 'list'> => make('list', means, { ...o, items })

/** A group of named values that belong together. */
export const struct = <M extends Members, const N extends boolean = false>(
  fields: M,
  means: string,
  o: Options<N> = {},
): Field<Or<ValuesOf<M>, N>, 'struct'> => make('struct', means, { ...o, fields })
