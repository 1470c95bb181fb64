/** Terms as somebody fills them in: from a form, and into one. */
import type { RowFilter } from '@meshloop/access/claims'
import { fittingFilter } from '@meshloop/access/fitting'
import { classes, filterable, kindOf, type Contract } from '@meshloop/contract'
import { mostRowsPerDay, type Shown, type Terms } from '../../grants/grant.ts'
import { kindWords } from '../contract-words.ts'
import type { Filled, Mistakes } from './form-parts.tsx'
import { operatorWords } from './terms-words.ts'

/** How many conditions on rows a form adds at once. */
export const conditionPlaces = [1, 2] as const

/** What a form says, and what is wrong in it by the name of its field. */
export interface ReadTerms {
  readonly terms: Terms
  readonly mistakes: Mistakes
}

/** What is known before the form is read. */
export interface TermsContext {
  readonly contract: Contract
  /** Terms that the form began with: their conditions on rows stay, whatever is added. */
  readonly before?: Terms
  /** RFC 3339 */
  readonly now: string
}

/** Reads the fields of {@link TermsFields}. Where there are mistakes the terms mean nothing. */
export function readTerms(form: URLSearchParams, context: TermsContext): ReadTerms {
  const { before, contract } = context
  const shown = readShown(form, contract)
  const conditions = conditionPlaces.map((place) => readCondition(form, place, contract))
  const ends = readEnd(form.get('ends_on') ?? '', context)
  const quota = readQuota(form.get('rows_per_day') ?? '')
  const rows = conditions.flatMap(({ filter }) => (filter ? [filter] : []))
  return {
    terms: {
      scopes: readScopes(form, before),
      view: { ...shown.fields, rows: [...(before?.view.rows ?? []), ...rows] },
      ends_at: ends.ends_at,
      rows_per_day: quota.rows_per_day,
    },
    mistakes: Object.assign(
      {},
      shown.mistakes,
      ...conditions.map((each) => each.mistakes),
      ends.mistakes,
      quota.mistakes,
    ) as Mistakes,
  }
}

/** A form that begins with these terms, or as it was sent. Conditions on rows are shown as words, and stay. */
export function filledOver(terms: Terms, sent?: Filled): Filled {
  if (sent?.values.has('shown')) return sent
  const { scopes, ends_at, rows_per_day } = terms
  const { classes: byClass, columns } = terms.view
  const values = [
    ['scope', scopes.includes('read') ? 'read' : 'aggregate'],
    ['shown', byClass ? 'classes' : columns ? 'columns' : 'all'],
    ...(byClass ?? []).map((value) => ['class', value] as const),
    ...(columns ?? []).map((value) => ['column', value] as const),
    ['ends_on', ends_at?.slice(0, 10) ?? ''],
    ['rows_per_day', rows_per_day === null ? '' : String(rows_per_day)],
    ...(sent?.values ?? []),
  ]
  return {
    values: new URLSearchParams(values.map(([name, value]) => [name, value] as [string, string])),
    mistakes: sent?.mistakes ?? {},
  }
}

function readScopes(form: URLSearchParams, before: Terms | undefined): Terms['scopes'] {
  if (form.get('scope') === 'aggregate') return ['aggregate']
  return before?.scopes ?? ['read']
}

function readShown(form: URLSearchParams, { fields }: Contract) {
  const none: Omit<Shown, 'rows'> = { classes: null, columns: null }
  const wrong = (words: string) => ({ fields: none, mistakes: { shown: words } })
  switch (form.get('shown')) {
    case 'all':
      return { fields: none, mistakes: {} }
    case 'classes': {
      const chosen = form.getAll('class')
      const known = classes.filter((name) => chosen.includes(name))
      if (known.length === 0) return wrong('Choose at least one class of fields.')
      return { fields: { classes: [...known], columns: null }, mistakes: {} }
    }
    case 'columns': {
      const chosen = new Set(form.getAll('column').filter((name) => name !== ''))
      const known = Object.keys(fields).filter((name) => chosen.has(name))
      if (known.length < chosen.size) return wrong('The contract has changed: look at the fields again.')
      if (known.length === 0) return wrong('Choose at least one field.')
      return { fields: { classes: null, columns: known }, mistakes: {} }
    }
    default:
      return wrong('Say which fields: all, those of some classes, or single ones.')
  }
}

function readCondition(
  form: URLSearchParams,
  place: number,
  contract: Contract,
): { readonly filter?: RowFilter; readonly mistakes: Mistakes } {
  const name = `row_${place}`
  const [field = '', op = '', text = ''] = ['field', 'op', 'value'].map((part) =>
    (form.get(`${name}_${part}`) ?? '').trim(),
  )
  const wrong = (words: string) => ({ mistakes: { [name]: words } })
  if (field === '') return text === '' ? { mistakes: {} } : wrong('Choose the field of this condition.')
  const of = filterable(contract).includes(field) ? contract.fields[field] : undefined
  if (!of) return wrong(`Rows can be chosen by ${filterable(contract).join(', ')}.`)
  if (!isOperator(op) || !kindOf(of.kind).operators.includes(op)) {
    return wrong(`${field} cannot be compared like that, but by: ${operatorsOf(of.kind).join(', ')}.`)
  }
  if (text === '') return wrong('Say what it is compared with.')
  const values = (op === 'in' ? text.split(',') : [text]).map((value) => typed(of.kind, value.trim()))
  const [value = ''] = values
  const filter = fittingFilter(contract, op === 'in' ? { field, op, value: values } : { field, op, value })
  if (filter) return { filter, mistakes: {} }
  return wrong(
    of.values
      ? `${field} is one of: ${of.values.join(', ')}.`
      : `This is no value of ${field}, which is ${kindWords(of)}.`,
  )
}

/** A form's text as the kind's own type; what is none stays text, and fits nothing. */
function typed(kind: string, text: string): string | number | boolean {
  if (kind === 'bool' && (text === 'true' || text === 'false')) return text === 'true'
  return ['int', 'number', 'money'].includes(kind) && text !== '' ? Number(text) : text
}

const isOperator = (text: string): text is RowFilter['op'] => Object.hasOwn(operatorWords, text)

const operatorsOf = (kind: Parameters<typeof kindOf>[0]): readonly string[] =>
  kindOf(kind).operators.flatMap((each) => (isOperator(each) ? [operatorWords[each]] : []))

/** The whole of the last day counts. The day on which it ended before keeps its moment: nobody widens by looking. */
function readEnd(
  day: string,
  { before, now }: TermsContext,
): { readonly ends_at: string | null; readonly mistakes: Mistakes } {
  if (day === '' && before?.ends_at === null) return { ends_at: null, mistakes: {} }
  if (before?.ends_at?.slice(0, 10) === day) return { ends_at: before.ends_at, mistakes: {} }
  const wrong = (words: string) => ({ ends_at: null, mistakes: { ends_on: words } })
  if (day === '') return wrong('Say the last day of the access.')
  const end = lastMoment(day)
  if (end === undefined) return wrong('Write the day as 2027-01-31.')
  return end > now ? { ends_at: end, mistakes: {} } : wrong('This day has passed.')
}

/** Digits, as people group them. */
function readQuota(text: string): { readonly rows_per_day: number | null; readonly mistakes: Mistakes } {
  const digits = text.trim().replaceAll(/[,_ ]/g, '')
  if (digits === '') return { rows_per_day: null, mistakes: {} }
  const rows = /^\d{1,15}$/.test(digits) ? Number(digits) : 0
  if (rows >= 1 && rows <= mostRowsPerDay) return { rows_per_day: rows, mistakes: {} }
  return {
    rows_per_day: null,
    mistakes: { rows_per_day: 'Write a number of rows, 100000, or leave it empty.' },
  }
}

/** The last moment (RFC 3339) of a day; undefined for what is no day. */
export function lastMoment(day: string): string | undefined {
  const end = `${day}T23:59:59.999Z`
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(end))
  // Thirtieth of February: JavaScript takes it for a day of March.
  return isDay && new Date(end).toISOString() === end ? end : undefined
}
