/** Measures and the rollups that keep them. */
import { groupingOf } from '../definition/buckets.ts'
import { buckets, type Contract, type Measure, type Rollup } from '../definition/contract.ts'
import type { ContractProblem } from '../definition/contract-error.ts'
import { kindOf } from '../definition/kinds.ts'
import { currenciesOf } from '../definition/measures.ts'
import { NAME, NAME_RULE } from './names.ts'
import { own } from './own.ts'

const NUMBERS = ['int', 'number', 'money']

/** Problems of measures and rollups. */
export function* checkMeasures(contract: Contract): Generator<ContractProblem> {
  const { dimensions = [], measures = {}, rollups = [] } = contract
  for (const [name, measure] of Object.entries(measures)) {
    const path = `measures.${name}`
    if (!NAME.test(name)) yield { path, problem: NAME_RULE }
    if (dimensions.includes(name))
      yield { path, problem: 'is the name of a dimension too; aggregate answers both by their names' }
    if (name === 'grp') yield { path, problem: 'is what a rollup calls its groups; take another name' }
    const problem = 'ratio' in measure ? ratioProblem(contract, measure.ratio) : problemOf(contract, measure)
    if (problem !== undefined) yield { path, problem }
  }
  const tables = rollups.map(({ by }) => by.join('_').replaceAll('.', '_'))
  for (const [index, rollup] of rollups.entries()) {
    const path = `rollups.${index}`
    if (tables.indexOf(tables[index] ?? '') !== index)
      yield { path, problem: 'is kept where another rollup is: keep the measures of both in one' }
    for (const member of ['by', 'measures'] as const)
      if (new Set(rollup[member]).size !== rollup[member].length)
        yield { path: `${path}.${member}`, problem: 'names something twice' }
    for (const problem of rollupProblems(contract, rollup)) yield { path, problem }
  }
}

function problemOf({ fields }: Contract, measure: Exclude<Measure, { ratio: unknown }>): string | undefined {
  if ('count' in measure) return undefined
  if ('distinct' in measure)
    return own(fields, measure.distinct) ? undefined : `${measure.distinct} is no field of this product`
  if ('min' in measure || 'max' in measure) {
    const name = 'min' in measure ? measure.min : measure.max
    const field = own(fields, name)
    return field && kindOf(field.kind).operators.includes('gte')
      ? undefined
      : `${name} has no least and greatest`
  }
  const name = 'sum' in measure ? measure.sum : measure.average
  return NUMBERS.includes(own(fields, name)?.kind ?? '') ? undefined : `${name} is no number`
}

function ratioProblem({ fields, measures = {} }: Contract, ratio: readonly string[]): string | undefined {
  for (const name of ratio) {
    const part = own(measures, name)
    if (!part) return `${name} is no measure of this product`
    if ('ratio' in part) return `${name} is a ratio itself: divide what it is made of`
    const least = 'min' in part ? part.min : 'max' in part ? part.max : undefined
    if (least !== undefined && !NUMBERS.includes(own(fields, least)?.kind ?? ''))
      return `${name} is no number, and nothing can be divided by it`
  }
  return ratio[0] === ratio[1] ? 'divides a measure by itself' : undefined
}

function* rollupProblems(contract: Contract, { by, measures: kept }: Rollup): Generator<string> {
  const { dimensions = [], eventTime, measures = {} } = contract
  for (const name of by) {
    const { field, bucket } = groupingOf(name)
    if (bucket === undefined ? dimensions.includes(name) : field === eventTime) continue
    yield bucket === undefined
      ? `${name} is no dimension; add it to dimensions, or keep totals by ${buckets.map((each) => `${eventTime}.${each}`).join(', ')}`
      : `${name}: totals are kept by lengths of the event time, ${eventTime}, alone`
  }
  for (const name of kept) {
    const measure = own(measures, name)
    if (!measure || !('count' in measure || 'sum' in measure)) yield `${name} is no count or sum measure`
    else
      for (const currency of currenciesOf(contract, measure))
        if (!by.includes(currency)) yield `${name} sums money: add its currency ${currency} to by`
  }
}
