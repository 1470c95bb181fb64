/**
 * A quality rule as SQL. The text holds quoted names of fields and positions, never a value: the values of all rules of a
 * statement are bound as one JSON array of arrays, so that any number of them stays below D1's 100 parameters. SQLite
 * takes each out once a statement, not once a record.
 */
import type { Condition, QualityRule, Scalar } from '@meshloop/contract'
import { quoted } from '../store/sql.ts'

/** A rule that is counted record by record, so that many share one pass. */
export type RecordRule = Exclude<QualityRule, { readonly duplicates: unknown }>

/** Whether a rule is counted record by record. */
export const isRecordRule = (rule: QualityRule): rule is RecordRule => !('duplicates' in rule)

/** The values of a rule; its place in the array that is bound as `?1` is the place that `countedBy` is told. */
export function valuesOf(rule: RecordRule): readonly (Scalar | null)[] {
  if ('missing' in rule) return rule.standIns
  if ('invalid' in rule) return rule.valid
  return 'holds' in rule ? conditionsOf(rule).map(valueOf) : []
}

/** True for a record that the rule counts. */
export function countedBy(rule: RecordRule, place: number): string {
  if ('nulls' in rule) return `${quoted(rule.nulls)} IS NULL`
  if ('missing' in rule)
    return `(${quoted(rule.missing)} IS NULL OR ${isOneOf(rule.missing, rule.standIns, place)})`
  if ('invalid' in rule)
    return `(${quoted(rule.invalid)} IS NOT NULL AND NOT ${isOneOf(rule.invalid, rule.valid, place)})`
  if ('rows' in rule) return '1'
  // Three-valued logic says what the rule means: a comparison with no value neither lets `when` hold nor breaks `holds`.
  const terms = conditionsOf(rule).map((condition, at) => termOf(condition, valueAt(place, at)))
  const when = terms.slice(rule.holds.length)
  const broken = joined(
    terms.slice(0, rule.holds.length).map((term) => `NOT ${term}`),
    'OR',
  )
  return when.length === 0 ? broken : `(${joined(when, 'AND')} AND ${broken})`
}

/** How many living records have the same values in these fields as another one, the first of each left out. */
export function duplicatesOf(fields: readonly string[]): string {
  const names = fields.map(quoted)
  return `SELECT coalesce(sum(n - 1), 0) AS c0 FROM (
    SELECT count(*) AS n FROM records WHERE _deleted = 0 AND ${names.map((field) => `${field} IS NOT NULL`).join(' AND ')}
    GROUP BY ${names.join(', ')})`
}

const operators = { eq: '=', ne: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

function termOf(condition: Condition, value: string): string {
  const field = quoted(condition.field)
  if (condition.is === 'null') return `(${field} IS NULL)`
  if (condition.is === 'present') return `(${field} IS NOT NULL)`
  return `(${field} ${operators[condition.is]} ${'other' in condition ? quoted(condition.other) : value})`
}

const conditionsOf = ({
  holds,
  when = [],
}: Extract<RecordRule, { holds: unknown }>): readonly Condition[] => [...holds, ...when]

const valueOf = (condition: Condition): Scalar | null => ('value' in condition ? condition.value : null)

/** Longer lists are looked up, which D1 counts as one more row for each record; comparing is free, but takes its time. */
const MAX_COMPARED = 40

function isOneOf(field: string, values: readonly Scalar[], place: number): string {
  if (values.length > MAX_COMPARED)
    return `(${quoted(field)} IN (SELECT value FROM json_each(?1, '$[${place}]')))`
  return joined(
    values.map((_, at) => `(${quoted(field)} = ${valueAt(place, at)})`),
    'OR',
  )
}

const valueAt = (place: number, at: number): string => `json_extract(?1, '$[${place}][${at}]')`

/** A tree of even depth: D1 refuses expressions deeper than 100. */
function joined(terms: readonly string[], operator: 'AND' | 'OR'): string {
  if (terms.length <= 1) return terms[0] ?? (operator === 'AND' ? '1' : '0')
  const half = Math.ceil(terms.length / 2)
  return `(${joined(terms.slice(0, half), operator)} ${operator} ${joined(terms.slice(half), operator)})`
}
