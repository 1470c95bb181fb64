/** Filters as query parameters: one a field and operator, with flat names. */
import type { View } from '@meshloop/access/claims'
import { comparedWith } from '@meshloop/access/fitting'
import {
  fieldOf,
  jsonSchemaOf,
  kindOf,
  operatorsOf,
  zodOf,
  type Contract,
  type Field,
  type Operator,
} from '@meshloop/contract'
import { ProductError } from '../problems.ts'
import type { Filter } from './condition.ts'
import type { Parameter, Values } from './parameters.ts'
import { filterableFields } from './visible.ts'

/** More filters than this in one request are refused: each binds values of its own, a `prefix` two, and D1 takes 100. */
const MAX_FILTERS = 20
const MAX_LIST = 100

const signs: Record<Operator, string> = {
  eq: '',
  not: '[not]',
  in: '[in]',
  gt: '[gt]',
  gte: '[gte]',
  lt: '[lt]',
  lte: '[lte]',
  prefix: '[prefix]',
  null: '[null]',
}
const words: Record<Operator, string> = {
  eq: 'equal to',
  not: 'other than',
  in: 'one of, joined by commas',
  gt: 'greater than',
  gte: 'greater than or equal to',
  lt: 'less than',
  lte: 'less than or equal to',
  prefix: 'beginning with',
  null: 'true: without a value; false: with one',
}

/** Filters of a view: one parameter a field and operator, with flat names as Stripe has them: `placed_at[gte]`. */
export function filterParameters(contract: Contract, view: View): Parameter[] {
  return filterableFields(contract, view).flatMap((name) => {
    const field = fieldOf(contract, name)
    return operatorsOf(field).map((op) => filterParameter(name, field, op))
  })
}

/** Filters that take or leave all records with a value of these fields. */
export const valueParameters = (contract: Contract, names: readonly string[]): Parameter[] =>
  names.flatMap((name) => {
    const field = fieldOf(contract, name)
    return operatorsOf(field)
      .filter((op) => byValue.includes(op))
      .map((op) => filterParameter(name, field, op))
  })

const byValue: readonly Operator[] = ['eq', 'not', 'in', 'null']

function filterParameter(name: string, field: Field, op: Operator): Parameter {
  const one = comparedWith(field)
  const frame = { name: `${name}${signs[op]}`, description: `${field.means}: ${words[op]}` }
  if (op === 'null')
    return {
      ...frame,
      schema: { type: 'boolean' },
      read: (text) =>
        text === 'true' || text === 'false'
          ? { value: { field: name, op, value: text === 'true' } }
          : { expected: 'true or false' },
    }
  let type: ReturnType<typeof zodOf> | undefined // made when it is first asked for: most filters never are
  const read = (text: string) => (type ??= zodOf(one)).safeParse(kindOf(field.kind).fromText(text))
  const schema = jsonSchemaOf(one)
  return {
    ...frame,
    schema: op === 'in' ? { type: 'array', items: schema, maxItems: MAX_LIST } : schema,
    read: (text) => {
      const texts = op === 'in' ? text.split(',') : [text]
      if (texts.length > MAX_LIST) return { expected: `at most ${MAX_LIST} values` }
      const values = texts.map(read)
      const wrong = values.find((value) => !value.success)
      if (wrong)
        return { expected: `${wrong.error?.issues[0]?.message ?? 'another value'}${hintFor(field, text)}` }
      const [first] = values
      const value = op === 'in' ? values.map((v) => v.data) : first?.data
      return { value: { field: name, op, value } }
    },
  }
}

/** `+00:00` that was sent as it is has arrived as a blank. */
const hintFor = ({ kind }: Field, text: string): string =>
  kind === 'time' && / \d\d:\d\d$/.test(text) ? '; in an address + stands for a blank: write %2B' : ''

/** The filters among the values that were sent, in one order however they were sent: cursors of all orders are the same. */
export function filtersOf(values: Values): Filter[] {
  const filters = [...values.values()].filter(isFilter)
  if (filters.length > 1) filters.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  const bound = filters.length + filters.filter(({ op }) => op === 'prefix').length
  if (bound > MAX_FILTERS)
    throw new ProductError(
      'parameter_invalid',
      `At most ${MAX_FILTERS} filters in one request; one by [prefix] counts as two.`,
    )
  return filters
}

const nameOf = ({ field, op }: Filter): string => `${field}${signs[op]}`

const isFilter = (value: unknown): value is Filter =>
  typeof value === 'object' && value !== null && 'op' in value
