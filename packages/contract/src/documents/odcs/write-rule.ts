/** A quality rule as ODCS has it: one of the library's metrics, or a rule of our own where there is none. */
import { boundOf, type Bound, type Comparison, type QualityRule } from '../../definition/quality.ts'
import { defined, type Json } from './json.ts'
import { say } from './said.ts'

/** The engine that judges what ODCS has no metric for. */
export const ENGINE = 'meshloop'

/** ODCS's word for each comparison. Both ends of a range are excluded, here and there. */
export const operators = {
  eq: 'mustBe',
  ne: 'mustNotBe',
  gt: 'mustBeGreaterThan',
  gte: 'mustBeGreaterOrEqualTo',
  lt: 'mustBeLessThan',
  lte: 'mustBeLessOrEqualTo',
  between: 'mustBeBetween',
  notBetween: 'mustNotBeBetween',
} as const satisfies Record<Comparison | 'between' | 'notBetween', string>

/** The rule. Its name is said, to be found again. */
export function writeRule(name: string, rule: QualityRule): Json {
  const frame = {
    name,
    description: rule.means,
    dimension: rule.dimension,
    severity: rule.severity ?? 'error',
    customProperties: [say('rule', name)],
  }
  if ('holds' in rule) {
    const { holds, when, unit } = rule
    const implementation = defined({ holds, when, bound: boundOf(rule), unit: unit ?? 'rows' })
    return defined({ ...frame, type: 'custom', engine: ENGINE, implementation })
  }
  return defined({
    ...frame,
    type: 'library',
    ...metricOf(rule),
    ...writeBound(boundOf(rule)),
    unit: rule.unit ?? 'rows',
  })
}

function metricOf(rule: QualityRule): Json {
  if ('nulls' in rule) return { metric: 'nullValues' }
  if ('missing' in rule)
    return { metric: 'missingValues', arguments: { missingValues: [null, ...rule.standIns] } }
  if ('invalid' in rule) return { metric: 'invalidValues', arguments: { validValues: rule.valid } }
  if ('duplicates' in rule)
    return rule.duplicates.length === 1
      ? { metric: 'duplicateValues' }
      : { metric: 'duplicateValues', arguments: { properties: rule.duplicates } }
  return { metric: 'rowCount' }
}

const writeBound = (bound: Bound): Json =>
  Object.fromEntries(
    Object.entries(bound).map(([name, value]) => [operators[name as keyof typeof operators], value]), // a key of Bound
  )
