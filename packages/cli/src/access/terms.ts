/** What is asked for or granted, as it is said on the command line, and as it is told. */
import { fieldOf, kindOf, zodOf, type Contract } from '@meshloop/contract'
import type * as z from 'zod'
import { MeshError } from '../mesh-error.ts'
import type { termsSchema } from './access-api.ts'

/** Terms on the command line. Lists are comma-separated. */
export interface TermOptions {
  readonly fields?: string
  readonly classes?: string
  /** Conditions on rows: `status=paid`, `placed_at[gte]=2026-01-01T00:00:00.000Z`. */
  readonly rows?: readonly string[]
  /** Totals alone, no records. */
  readonly totals?: boolean
  /** Day or time of the end, RFC 3339. */
  readonly until?: string
  /** Rows that may be read on a day: a number, or `none`. */
  readonly rowsPerDay?: string
}

/** Terms as the catalog takes them. */
export type Terms = z.output<typeof termsSchema>

/** Whether any term is said. */
export const saysTerms = ({ fields, classes, rows, totals, until, rowsPerDay }: TermOptions): boolean =>
  [fields, classes, rows, totals, until, rowsPerDay].some((each) => each !== undefined)

/**
 * The terms that the options say; for what they do not say, those of `before`. Values of conditions are read as the contract's
 * kinds.
 *
 * @throws {MeshError} `bad_argument`
 */
export function termsOf(options: TermOptions, contract: Contract, before: Terms = everything): Terms {
  const { fields, classes, rows, totals, until, rowsPerDay } = options
  const shown = {
    columns: fields === undefined ? null : listOf(fields),
    classes: classes === undefined ? null : listOf(classes),
  }
  const { view } = before
  return {
    scopes: totals === true ? ['aggregate'] : before.scopes,
    view: {
      ...(fields === undefined && classes === undefined
        ? { columns: view.columns, classes: view.classes }
        : shown),
      rows: rows === undefined ? view.rows : rows.map((text) => rowFilter(text, contract)),
    },
    ends_at: until === undefined ? before.ends_at : timeOf(until),
    rows_per_day: rowsPerDay === undefined ? before.rows_per_day : quotaOf(rowsPerDay),
  }
}

const everything: Terms = {
  scopes: ['read'],
  view: { classes: null, columns: null, rows: [] },
  ends_at: null,
  rows_per_day: null,
}

/** In words, for a table's cell. */
export function termsWords({ scopes, view, ends_at, rows_per_day }: Terms): string {
  const fields = view.classes
    ? `fields of class ${view.classes.join(', ')}`
    : (view.columns?.join(', ') ?? 'all fields')
  const rows = view.rows.map(
    ({ field, op, value }) => `${field}${op === 'eq' ? '' : `[${op}]`}=${String(value)}`,
  )
  const what = scopes.includes('read') ? fields : scopes.length === 0 ? 'flags' : `totals of ${fields}`
  const quota = rows_per_day === null ? [] : [`${rows_per_day} rows a day`]
  return [what, ...rows, ...quota, ...(ends_at === null ? [] : [`until ${ends_at.slice(0, 10)}`])].join('; ')
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)

function rowFilter(text: string, contract: Contract): Terms['view']['rows'][number] {
  const match = /^(\w+)(?:\[(\w+)\])?=(.*)$/s.exec(text)
  const [, field = '', op = 'eq', value = ''] = match ?? []
  if (!match || !Object.hasOwn(contract.fields, field))
    throw new MeshError(
      'bad_argument',
      `"${text}" is no condition on ${contract.id}.`,
      'Write field=value or field[operator]=value with a field of the contract, e.g. status=paid.',
    )
  return { field, op, value: op === 'in' ? value.split(',').map(read) : read(value) }

  function read(one: string): unknown {
    const definition = fieldOf(contract, field)
    const parsed = zodOf({ ...definition, nullable: false }).safeParse(kindOf(definition.kind).fromText(one))
    if (parsed.success) return parsed.data
    throw new MeshError('bad_argument', `"${one}" is no ${field}: it is of kind ${definition.kind}.`)
  }
}

function quotaOf(text: string): number | null {
  if (text === 'none') return null
  if (/^[1-9]\d{0,12}$/.test(text)) return Number(text)
  throw new MeshError(
    'bad_argument',
    `"${text}" is no number of rows.`,
    'Write how many rows may be read on a day, 100000, or none for no quota.',
  )
}

/** A day means its first moment in UTC. */
function timeOf(text: string): string {
  const at = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text)
  if (!Number.isNaN(at)) return new Date(at).toISOString()
  throw new MeshError(
    'bad_argument',
    `"${text}" is no time.`,
    'Write a day, 2027-01-31, or an RFC 3339 time.',
  )
}
