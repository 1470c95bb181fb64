/** Query parameters: one table a port, from which both the reading of requests and the OpenAPI document follow. */
import type { RowFilter, View } from '@meshloop/access/claims'
import { comparedWith } from '@meshloop/access/fitting'
import {
  durationMs,
  fieldOf,
  jsonSchemaOf,
  kindOf,
  zodOf,
  type Contract,
  type Field,
  type Operator,
} from '@meshloop/contract'
import { MAX_LIMIT } from '../limits.ts'
import { ProductError, type ProblemDetail } from '../problems.ts'
import { filterableFields } from './visible.ts'

/** One parameter. `read` returns the value, or says what is expected. */
export interface Parameter {
  readonly name: string
  readonly description: string
  readonly schema: Readonly<Record<string, unknown>>
  readonly read: (text: string) => { readonly value: unknown } | { readonly expected: string }
}

/** Values by parameter name; those that were not sent are absent. */
export type Values = ReadonlyMap<string, unknown>

/** More filters than this in one request are refused: each binds values of its own, and D1 takes 100. */
const MAX_FILTERS = 20
const MAX_LIST = 100
/** Each field of an order binds values of its own in the pages after the first. */
const MAX_SORT_FIELDS = 8
/** A cursor holds the last record’s values of the order: a text of 2,000 characters fits in any script, and a URL of 16 KB. */
const MAX_CURSOR_CHARS = 12_000

/**
 * Reads the query of a request.
 *
 * @throws {ProductError} `parameter_unknown`, `parameter_invalid`, with every parameter that is wrong.
 */
export function readParameters(query: URLSearchParams, parameters: readonly Parameter[]): Values {
  const known = new Map(parameters.map((parameter) => [parameter.name, parameter]))
  const unknown = [...new Set(query.keys())].filter((key) => !known.has(key))
  if (unknown.length > 0) throw unknownParameters(unknown, [...known.keys()])
  const errors: ProblemDetail[] = []
  const values = new Map<string, unknown>()
  for (const key of new Set(query.keys())) {
    const texts = query.getAll(key)
    const read = texts.length > 1 ? { expected: 'is given once' } : known.get(key)?.read(texts[0] ?? '')
    if (read && 'value' in read) values.set(key, read.value)
    else errors.push({ parameter: key, detail: read?.expected ?? '' })
  }
  if (errors.length > 0)
    throw new ProductError(
      'parameter_invalid',
      errors.map((e) => `${e.parameter}: ${e.detail}`).join('; '),
      errors,
    )
  return values
}

function unknownParameters(unknown: readonly string[], known: readonly string[]): ProductError {
  const allowed = known.length === 0 ? 'none is allowed here' : `allowed are ${known.join(', ')}`
  const errors = unknown.map((parameter) => ({ parameter, detail: `unknown; ${allowed}` }))
  return new ProductError('parameter_unknown', `Unknown: ${unknown.join(', ')}; ${allowed}.`, errors)
}

const signs: Record<Operator, string> = {
  eq: '',
  in: '[in]',
  gt: '[gt]',
  gte: '[gte]',
  lt: '[lt]',
  lte: '[lte]',
}
const words: Record<Operator, string> = {
  eq: 'equal to',
  in: 'one of, joined by commas',
  gt: 'greater than',
  gte: 'greater than or equal to',
  lt: 'less than',
  lte: 'less than or equal to',
}

/** Filters of a view: one parameter a field and operator, with flat names as Stripe has them: `placed_at[gte]`. */
export function filterParameters(contract: Contract, view: View): Parameter[] {
  return filterableFields(contract, view).flatMap((name) => {
    const field = fieldOf(contract, name)
    return kindOf(field.kind).operators.map((op) => filterParameter(name, field, op))
  })
}

/** Filters that take or leave all records with a value of these fields. */
export const valueParameters = (contract: Contract, names: readonly string[]): Parameter[] =>
  names.flatMap((name) => {
    const field = fieldOf(contract, name)
    const operators = kindOf(field.kind).operators.filter((op) => op === 'eq' || op === 'in')
    return operators.map((op) => filterParameter(name, field, op))
  })

function filterParameter(name: string, field: Field, op: Operator): Parameter {
  const one = comparedWith(field)
  const read = (text: string) => zodOf(one).safeParse(kindOf(field.kind).fromText(text))
  const schema = jsonSchemaOf(one)
  return {
    name: `${name}${signs[op]}`,
    description: `${field.means}: ${words[op]}`,
    schema: op === 'in' ? { type: 'array', items: schema, maxItems: MAX_LIST } : schema,
    read: (text) => {
      const texts = op === 'in' ? text.split(',') : [text]
      if (texts.length > MAX_LIST) return { expected: `at most ${MAX_LIST} values` }
      const values = texts.map(read)
      const wrong = values.find((value) => !value.success)
      if (wrong) return { expected: wrong.error?.issues[0]?.message ?? 'another value' }
      const [first] = values
      const value = op === 'in' ? values.map((v) => v.data) : first?.data
      return { value: { field: name, op, value } }
    },
  }
}

/** The filters among the values that were sent. */
export function filtersOf(values: Values): RowFilter[] {
  const filters = [...values.values()].filter(isFilter)
  if (filters.length > MAX_FILTERS)
    throw new ProductError('parameter_invalid', `At most ${MAX_FILTERS} filters in one request.`)
  return filters
}

const isFilter = (value: unknown): value is RowFilter =>
  typeof value === 'object' && value !== null && 'op' in value

/** Names out of a list, joined by commas, each once; with `signed`, a leading minus is kept. */
export function namesParameter(
  name: string,
  allowed: readonly string[],
  description: string,
  signed = false,
): Parameter {
  const options = signed ? allowed.flatMap((option) => [option, `-${option}`]) : allowed
  return {
    name,
    description: `${description}, joined by commas: ${allowed.join(', ')}`,
    schema: { type: 'array', items: { type: 'string', enum: options }, uniqueItems: true },
    read: (text) => {
      const names = text.split(',')
      const wrong = names.find((n) => !options.includes(n))
      if (wrong !== undefined) return { expected: `${wrong} is not one of ${allowed.join(', ')}` }
      const bare = names.map((n) => n.replace(/^-/, ''))
      return new Set(bare).size === bare.length ? { value: names } : { expected: 'each name once' }
    },
  }
}

/** The order of an answer, by some of the allowed fields; a minus in front of one turns it round. */
export function sortParameter(allowed: readonly string[]): Parameter {
  const names = namesParameter(
    'sort',
    allowed,
    'Order by these fields, descending with a minus; the key decides ties',
    true,
  )
  return {
    ...names,
    schema: { ...names.schema, maxItems: MAX_SORT_FIELDS },
    read: (text) =>
      text.split(',').length > MAX_SORT_FIELDS
        ? { expected: `at most ${MAX_SORT_FIELDS} fields` }
        : names.read(text),
  }
}

/** How many records, groups or changes an answer holds at most. */
export const limitParameter: Parameter = {
  name: 'limit',
  description: `How many at most, 1 to ${MAX_LIMIT}`,
  schema: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: 100 },
  read: (text) => {
    const value = /^\d{1,5}$/.test(text) ? Number(text) : 0
    return value >= 1 && value <= MAX_LIMIT
      ? { value }
      : { expected: `a whole number from 1 to ${MAX_LIMIT}` }
  },
}

/** An opaque position. It is checked against its query where it is opened. */
export const cursorParameter = (name: string, description: string): Parameter => ({
  name,
  description,
  schema: { type: 'string', maxLength: MAX_CURSOR_CHARS },
  read: (text) =>
    text.length > 0 && text.length <= MAX_CURSOR_CHARS
      ? { value: text }
      : { expected: 'a cursor that a page returned' },
})

/** The oldest watermark that a consumer accepts, as a duration; its value is in ms. */
export const maxStalenessParameter: Parameter = {
  name: 'max_staleness',
  description: 'Refuse the answer (503) when the data is complete only up to longer ago than this',
  schema: { type: 'string', examples: ['PT5M', 'P1D'] },
  read: (text) => {
    const value = durationMs(text)
    return value === undefined ? { expected: 'a duration such as PT5M or P1D' } : { value }
  },
}

/** A parameter's value that is text; undefined when it was not sent. */
export const textOf = (values: Values, name: string): string | undefined => {
  const value = values.get(name)
  return typeof value === 'string' ? value : undefined
}
/** A parameter's value that is a number; undefined when it was not sent. */
export const numberOf = (values: Values, name: string): number | undefined => {
  const value = values.get(name)
  return typeof value === 'number' ? value : undefined
}
/** A parameter's value that is a list; undefined when it was not sent. */
export const listOf = (values: Values, name: string): readonly string[] | undefined => {
  const value = values.get(name)
  return Array.isArray(value) ? value : undefined
}
