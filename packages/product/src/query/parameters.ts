/** Query parameters: one table a port, from which both the reading of requests and the OpenAPI document follow. */
import { durationMs } from '@meshloop/contract'
import { MAX_LIMIT } from '../limits.ts'
import { ProductError, type ProblemDetail } from '../problems.ts'

/** One parameter. `read` returns the value, or says what is expected. */
export interface Parameter {
  readonly name: string
  readonly description: string
  readonly schema: Readonly<Record<string, unknown>>
  readonly read: (text: string) => { readonly value: unknown } | { readonly expected: string }
}

/** Unknown parameters that a refusal names: each is told all that are allowed, and a URL has room for thousands. */
const MAX_NAMED = 10

/** Values by parameter name; those that were not sent are absent. */
export type Values = ReadonlyMap<string, unknown>

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
  const named = unknown.slice(0, MAX_NAMED)
  const more = unknown.length > named.length ? ` and ${unknown.length - named.length} more` : ''
  const errors = named.map((parameter) => ({ parameter, detail: `unknown; ${allowed}` }))
  return new ProductError('parameter_unknown', `Unknown: ${named.join(', ')}${more}; ${allowed}.`, errors)
}

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

/** What `limit` is where it is left out. */
export const DEFAULT_LIMIT = 100

/** How many records, groups or changes an answer holds at most. */
export const limitParameter: Parameter = {
  name: 'limit',
  description: `How many at most, 1 to ${MAX_LIMIT}`,
  schema: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
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
