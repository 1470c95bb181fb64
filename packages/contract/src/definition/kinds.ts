/**
 * The closed list of field kinds: one row a kind, from which storage, validation, documents and filters follow.
 *
 * Arbitrary Zod types are no fields: transforms and unions can be neither compared nor stored.
 */
import * as z from 'zod'
import { bringToUtc, isText } from './text-checks.ts'

/** The part of a field that its kind's functions look at. */
export interface Shape {
  readonly kind: Kind
  readonly nullable: boolean
  readonly values?: readonly string[]
  readonly min?: number
  readonly max?: number
  readonly items?: Shape
  readonly fields?: Readonly<Record<string, Shape>>
}

/**
 * Comparisons that a filter may ask for. `eq` is written without an operator: `status=paid`. `not` is true of records without
 * a value too; `null` asks whether there is none, of nullable fields alone; `prefix` compares the beginning of a text.
 */
export type Operator = 'eq' | 'not' | 'in' | 'gt' | 'gte' | 'lt' | 'lte' | 'prefix' | 'null'

type JsonSchema = Readonly<Record<string, unknown>>

/** Types of columns in Parquet files: `timestamp` counts milliseconds in UTC, `date` days. */
export type ParquetType = 'text' | 'int64' | 'double' | 'boolean' | 'timestamp' | 'date'

interface KindRow {
  /** SQLite column type. Lists and structs are stored as JSON text. */
  readonly sql: 'text' | 'integer' | 'real'
  /** Validates a value at ingest and brings it into its one stored form. */
  readonly zod: (field: Shape) => z.ZodType
  readonly json: (field: Shape) => JsonSchema
  /** `logicalType` and its options in the Open Data Contract Standard v3.1.0. */
  readonly odcs: { readonly logicalType: string; readonly logicalTypeOptions?: JsonSchema }
  /** Column type in Parquet files. Lists and structs are JSON text there too. */
  readonly parquet: ParquetType
  readonly operators: readonly Operator[]
  /** Reads the value from text (a query parameter, a CSV cell); what cannot be read stays text and fails validation. */
  readonly fromText: (text: string) => unknown
}

const equality = ['eq', 'not', 'in', 'null'] as const
const order = ['eq', 'not', 'in', 'gt', 'gte', 'lt', 'lte', 'null'] as const
/** The beginning of a value means something where values are made of parts: not of a choice, nor of a number or a time. */
const beginning = ['prefix'] as const
const asIs = (text: string): unknown => text
const asNumber = (text: string): unknown => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text)
const asJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const bounds = (f: Shape): JsonSchema => ({
  ...(f.min === undefined ? {} : { minimum: f.min }),
  ...(f.max === undefined ? {} : { maximum: f.max }),
})
/** A bound that says nothing is left out: it would be checked for every row. */
function bounded(type: z.ZodNumber, { min, max }: Shape): z.ZodNumber {
  const above = min === undefined ? type : type.min(min)
  return max === undefined ? above : above.max(max)
}
const MAX_LISTED_CHARS = 500

/** Made once: a list of a thousand wrong values would otherwise name forty kilobytes of right ones a thousand times. */
function oneOfThese(values: readonly string[]): string {
  const all = values.map((value) => JSON.stringify(value)).join('|')
  const listed = all.length <= MAX_LISTED_CHARS ? all : `${all.slice(0, MAX_LISTED_CHARS).toWellFormed()}…`
  return `Invalid option: expected one of ${listed}`
}

const integer = {
  sql: 'integer',
  zod: (f: Shape) => bounded(z.int(), f),
  json: (f: Shape) => ({ type: 'integer', ...bounds(f) }),
  odcs: { logicalType: 'integer' },
  parquet: 'int64',
  operators: order,
  fromText: asNumber,
} as const

/** The table of kinds. */
export const kinds = {
  id: {
    sql: 'text',
    zod: () =>
      z.string().regex(/^[\x21-\x7e]{1,64}$/, 'an id is 1 to 64 printable ASCII characters without blanks'),
    json: () => ({ type: 'string', minLength: 1, maxLength: 64, pattern: '^[\\x21-\\x7e]+$' }),
    odcs: { logicalType: 'string', logicalTypeOptions: { minLength: 1, maxLength: 64 } },
    parquet: 'text',
    operators: [...order, ...beginning],
    fromText: asIs,
  },
  text: {
    sql: 'text',
    zod: (f) => z.string().check(isText(f.max ?? 2000)),
    json: (f) => ({ type: 'string', maxLength: f.max ?? 2000 }),
    odcs: { logicalType: 'string' },
    parquet: 'text',
    operators: [...equality, ...beginning],
    fromText: asIs,
  },
  enum: {
    sql: 'text',
    zod: (f) => z.enum([...(f.values ?? [])], oneOfThese(f.values ?? [])),
    json: (f) => ({ type: 'string', enum: f.values ?? [] }),
    odcs: { logicalType: 'string' },
    parquet: 'text',
    operators: equality,
    fromText: asIs,
  },
  int: integer,
  money: integer,
  number: {
    sql: 'real',
    zod: (f) => bounded(z.number(), f),
    json: (f) => ({ type: 'number', ...bounds(f) }),
    odcs: { logicalType: 'number' },
    parquet: 'double',
    operators: order,
    fromText: asNumber,
  },
  bool: {
    sql: 'integer',
    zod: () => z.boolean(),
    json: () => ({ type: 'boolean' }),
    odcs: { logicalType: 'boolean' },
    parquet: 'boolean',
    operators: ['eq', 'not', 'null'],
    fromText: (text) => (text === 'true' ? true : text === 'false' ? false : text),
  },
  time: {
    sql: 'text',
    zod: () =>
      z.iso
        .datetime({ offset: true, error: 'a time is RFC 3339, e.g. 2026-01-31T09:30:00.000Z' })
        .check(bringToUtc),
    json: () => ({ type: 'string', format: 'date-time' }),
    odcs: { logicalType: 'timestamp', logicalTypeOptions: { timezone: true, defaultTimezone: 'UTC' } },
    parquet: 'timestamp',
    operators: order,
    fromText: asIs,
  },
  date: {
    sql: 'text',
    zod: () => z.iso.date('a date is YYYY-MM-DD'),
    json: () => ({ type: 'string', format: 'date' }),
    odcs: { logicalType: 'date' },
    parquet: 'date',
    operators: order,
    fromText: asIs,
  },
  list: {
    sql: 'text',
    zod: (f) => z.array(f.items ? zodOf(f.items) : z.never()).max(f.max ?? 100),
    json: (f) => ({ type: 'array', maxItems: f.max ?? 100, items: f.items ? jsonSchemaOf(f.items) : false }),
    odcs: { logicalType: 'array' },
    parquet: 'text',
    operators: [],
    fromText: asJson,
  },
  struct: {
    sql: 'text',
    zod: (f) => z.strictObject(mapValues(f.fields ?? {}, zodOf)),
    json: (f) => objectSchemaOf(f.fields ?? {}),
    odcs: { logicalType: 'object' },
    parquet: 'text',
    operators: [],
    fromText: asJson,
  },
} as const satisfies Record<string, KindRow>

/** A kind of field. */
export type Kind = keyof typeof kinds

/** The row of a kind, with the functions typed for any field. */
export const kindOf = (kind: Kind): KindRow => kinds[kind]

/** The comparisons of a field: those of its kind; `null` of nullable ones alone. */
export const operatorsOf = ({ kind, nullable }: Pick<Shape, 'kind' | 'nullable'>): readonly Operator[] =>
  kindOf(kind).operators.filter((op) => op !== 'null' || nullable)

/** The Zod type of one field, null included where the field is nullable. A missing nullable field is null. */
export function zodOf(field: Shape): z.ZodType {
  const type: z.ZodType = kindOf(field.kind).zod(field)
  return field.nullable ? type.nullable().default(null) : type
}

/** JSON Schema 2020-12 of one field as it stands in answers. */
export function jsonSchemaOf(field: Shape): JsonSchema {
  const schema = kindOf(field.kind).json(field)
  if (!field.nullable) return schema
  const type = schema['type']
  return 'enum' in schema
    ? { ...schema, type: [type, 'null'], enum: [...(field.values ?? []), null] }
    : { ...schema, type: [type, 'null'] }
}

/** Members that are there in every stored value: a nullable one may have been added after it, and what is missing is null. */
const membersRequired = (members: Readonly<Record<string, Shape>>): string[] =>
  Object.entries(members).flatMap(([name, { nullable }]) => (nullable ? [] : [name]))

/** JSON Schema of an object that has these fields. It may have more: what a minor version adds breaks nobody who validates. */
function objectSchemaOf(fields: Readonly<Record<string, Shape>>): JsonSchema {
  return {
    type: 'object',
    properties: mapValues(fields, jsonSchemaOf),
    required: membersRequired(fields),
  }
}

const mapValues = <V, W>(from: Readonly<Record<string, V>>, map: (value: V) => W): Record<string, W> =>
  Object.fromEntries(Object.entries(from).map(([name, value]) => [name, map(value)]))
