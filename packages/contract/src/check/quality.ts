/** Quality rules: they name fields, compare like with like, and can be broken. */
import type { Contract } from '../definition/contract.ts'
import type { Field } from '../definition/fields.ts'
import { kindOf, zodOf } from '../definition/kinds.ts'
import {
  boundOf,
  fieldsOfRule,
  type Condition,
  type QualityRule,
  type Scalar,
} from '../definition/quality.ts'
import type { ContractProblem } from '../definition/contract-error.ts'
import { NAME, NAME_RULE } from './names.ts'
import { own } from './own.ts'

const counts = ['nulls', 'missing', 'invalid', 'duplicates', 'rows', 'holds'] as const

/** As many as the steward takes results of. */
const MAX_RULES = 200

/** Problems of the quality rules. */
export function* checkQuality({ fields, quality = {} }: Contract): Generator<ContractProblem> {
  if (Object.keys(quality).length > MAX_RULES)
    yield { path: 'quality', problem: `a product has at most ${MAX_RULES} rules` }
  for (const [name, rule] of Object.entries(quality)) {
    const path = `quality.${name}`
    if (!NAME.test(name)) yield { path, problem: NAME_RULE }
    const counted = counts.filter((count) => count in rule)
    if (counted.length !== 1) {
      yield {
        path,
        problem: `counts ${counted.join(' and ') || 'nothing'}: name one of ${counts.join(', ')}`,
      }
      continue
    }
    const missing = fieldsOfRule(rule).filter((field) => !own(fields, field))
    for (const field of missing) yield { path, problem: `${field} is no field of this product` }
    if (missing.length === 0) yield* checkRule(path, rule, fields)
  }
}

function* checkRule(path: string, rule: QualityRule, fields: Contract['fields']): Generator<ContractProblem> {
  const bound = boundOf(rule)
  if (Object.keys(bound).length !== 1)
    yield { path: `${path}.bound`, problem: 'names exactly one comparison, e.g. { lte: 5 }' }
  const range = 'between' in bound ? bound.between : 'notBetween' in bound ? bound.notBetween : undefined
  if (range && range[0] >= range[1])
    yield { path: `${path}.bound`, problem: 'names the smaller number first' }
  if ('rows' in rule && rule.unit === 'percent')
    yield { path: `${path}.unit`, problem: 'all records are always 100 per cent: count rows' }
  if ('rows' in rule && rule.bound === undefined)
    yield { path: `${path}.bound`, problem: 'say how many records there are, e.g. { gt: 0 }' }
  if ('duplicates' in rule && rule.duplicates.length === 0)
    yield { path: `${path}.duplicates`, problem: 'names at least one field' }
  if ('holds' in rule) {
    if (rule.holds.length === 0) yield { path: `${path}.holds`, problem: 'names at least one condition' }
    for (const condition of [...rule.holds, ...(rule.when ?? [])])
      yield* checkCondition(path, condition, fields)
  }
  if ('missing' in rule) yield* checkScalars(path, own(fields, rule.missing), rule.standIns)
  if ('invalid' in rule) yield* checkScalars(path, own(fields, rule.invalid), rule.valid)
}

function* checkCondition(
  path: string,
  condition: Condition,
  fields: Contract['fields'],
): Generator<ContractProblem> {
  const field = own(fields, condition.field)
  if (!field || condition.is === 'null' || condition.is === 'present') return
  const { operators } = kindOf(field.kind)
  const isOrdered = operators.includes('gt')
  if (operators.length === 0 || (!isOrdered && condition.is !== 'eq' && condition.is !== 'ne'))
    yield { path, problem: `${condition.field} is a ${field.kind}, which has no order` }
  if ('value' in condition) yield* checkScalars(path, field, [condition.value])
  const other = 'other' in condition ? own(fields, condition.other) : undefined
  if (other && kindOf(other.kind).odcs.logicalType !== kindOf(field.kind).odcs.logicalType)
    yield { path, problem: `compares a ${field.kind} with a ${other.kind}` }
}

/** Values are of the field's type; whether they keep its bounds is what the rule may be about. */
function* checkScalars(
  path: string,
  field: Field | undefined,
  values: readonly Scalar[],
): Generator<ContractProblem> {
  if (!field) return
  if (kindOf(field.kind).operators.length === 0)
    yield { path, problem: `a ${field.kind} is compared with nothing` }
  const { sql } = kindOf(field.kind)
  const asSent = sql === 'text' ? 'string' : field.kind === 'bool' ? 'boolean' : 'number'
  for (const value of values) {
    if (typeof value !== asSent) yield { path, problem: `${JSON.stringify(value)} is no ${field.kind}` }
    // A moment is compared as text: only its one stored form compares as moments do.
    else if (field.kind === 'time' && zodOf({ ...field, nullable: false }).safeParse(value).data !== value)
      yield {
        path,
        problem: `${JSON.stringify(value)} is not in the stored form, e.g. 2026-01-31T09:30:00.000Z`,
      }
  }
}
