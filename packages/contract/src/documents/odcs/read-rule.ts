/** A rule of an ODCS document as a quality rule of a contract. */
import type { Bound, QualityRule } from '../../definition/quality.ts'
import { defined, isObject, lineOf, memberOf, proseOf, type Json } from './json.ts'
import { saidOf } from './said.ts'
import { ENGINE, operators } from './write-rule.ts'

/** Where a rule stands, and what a property that it names is called in the contract. */
export interface RulePlace {
  /** Absent for a rule of the table. */
  readonly field?: string | undefined
  readonly fieldNamed: (name: unknown) => string | undefined
}

const severities = ['info', 'warning', 'error']
const dimensions = ['accuracy', 'completeness', 'conformity', 'consistency', 'coverage', 'timeliness', 'uniqueness'] // prettier-ignore

/**
 * The rule; undefined for one that only somebody else can judge: SQL, text, another engine's. What it is about is not
 * checked here, the contract is as a whole.
 */
export function readRule(item: Json, place: RulePlace): QualityRule | undefined {
  const exact = saidOf(item).get('definition')
  if (exact !== undefined) return exact as QualityRule // the whole contract is read with readContract at the end
  const counted = readCounted(item, place)
  if (counted === undefined) return undefined
  const { severity, dimension } = item
  return defined({
    means: proseOf(item['description']) ?? lineOf(item['name']) ?? describe(item, place),
    severity: severity !== 'error' && severities.includes(String(severity)) ? severity : undefined,
    dimension: dimensions.includes(String(dimension)) ? dimension : undefined,
    ...counted,
  }) as unknown as QualityRule // as above
}

function readCounted(item: Json, { field, fieldNamed }: RulePlace): Json | undefined {
  const { type = 'library', metric, engine, implementation } = item
  if (type === 'custom' && engine === ENGINE && isObject(implementation)) {
    const { holds, when, bound, unit } = implementation
    return { holds, when, ...readBound(bound), ...readUnit(unit) }
  }
  const bound = boundOf(item)
  const { unit } = item
  if (type !== 'library' || !bound || (unit !== undefined && unit !== 'rows' && unit !== 'percent'))
    return undefined
  const rest = { ...readBound(bound), ...readUnit(unit) }
  const given = (name: string): unknown[] | undefined => {
    const list = memberOf(item['arguments'], name)
    return Array.isArray(list) ? list.filter((value) => value !== null) : undefined
  }
  // A rule about a field may have no other arguments: a pattern is never compiled.
  const names = Object.keys(isObject(item['arguments']) ? item['arguments'] : {})
  const only = (...allowed: string[]): boolean => names.every((name) => allowed.includes(name))
  switch (metric) {
    case 'nullValues':
      return field !== undefined && only() ? { nulls: field, ...rest } : undefined
    case 'missingValues':
      return field !== undefined && only('missingValues')
        ? { missing: field, standIns: given('missingValues') ?? [], ...rest }
        : undefined
    case 'invalidValues': {
      const valid = given('validValues')
      return field !== undefined && valid && only('validValues')
        ? { invalid: field, valid, ...rest }
        : undefined
    }
    case 'duplicateValues': {
      const fields = field === undefined ? given('properties')?.map(fieldNamed) : [field]
      return fields && only(...(field === undefined ? ['properties'] : [])) && !fields.includes(undefined)
        ? { duplicates: fields, ...rest }
        : undefined
    }
    case 'rowCount':
      // How many records there are is told by a bound; that there are none is no default.
      return field === undefined && only() ? { rows: true, bound, ...readUnit(unit) } : undefined
    default:
      return undefined
  }
}

/** The one bound of a rule; undefined when it has none or several. */
function boundOf(item: Json): Bound | undefined {
  const found = Object.entries(operators).flatMap(([name, operator]) =>
    Object.hasOwn(item, operator) ? [[name, item[operator]] as const] : [],
  )
  const [only, ...more] = found
  const isNumber = (value: unknown): boolean => typeof value === 'number'
  const isRange = Array.isArray(only?.[1]) && only[1].length === 2 && only[1].every(isNumber)
  if (!only || more.length > 0 || !(isNumber(only[1]) || isRange)) return undefined
  return Object.fromEntries([only]) as unknown as Bound // a key of operators, with a number or two
}

/** Defaults are left out: what the contract says otherwise is said beside the rule. */
const readBound = (bound: unknown): Json =>
  memberOf(bound, 'eq') === 0 || bound === undefined ? {} : { bound }
const readUnit = (unit: unknown): Json => (unit === 'percent' ? { unit } : {})

const describe = (item: Json, { field }: RulePlace): string =>
  `${lineOf(item['metric']) ?? 'Rule'}${field === undefined ? '' : ` of ${field}`}`
