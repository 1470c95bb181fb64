/** Measures and the rollups that keep them. */
import type { Contract } from '../definition/contract.ts'
import type { ContractProblem } from '../definition/contract-error.ts'
import { NAME, NAME_RULE } from './names.ts'
import { own } from './own.ts'

/** Problems of measures and rollups. */
export function* checkMeasures({
  fields,
  measures: all = {},
  rollups = [],
  dimensions = [],
}: Contract): Generator<ContractProblem> {
  for (const [name, measure] of Object.entries(all)) {
    const path = `measures.${name}`
    if (!NAME.test(name)) yield { path, problem: NAME_RULE }
    if (dimensions.includes(name))
      yield { path, problem: 'is the name of a dimension too; aggregate answers both by their names' }
    if (name === 'grp') yield { path, problem: 'is what a rollup calls its groups; take another name' }
    if ('sum' in measure && !['int', 'number', 'money'].includes(own(fields, measure.sum)?.kind ?? ''))
      yield { path, problem: `${measure.sum} is no number` }
    if ('distinct' in measure && !own(fields, measure.distinct))
      yield { path, problem: `${measure.distinct} is no field of this product` }
  }
  const tables = rollups.map(({ by }) => by.join('_'))
  for (const [index, rollup] of rollups.entries()) {
    const path = `rollups.${index}`
    if (tables.indexOf(tables[index] ?? '') !== index)
      yield { path, problem: 'is kept where another rollup is: keep the measures of both in one' }
    for (const member of ['by', 'measures'] as const)
      if (new Set(rollup[member]).size !== rollup[member].length)
        yield { path: `${path}.${member}`, problem: 'names something twice' }
    for (const name of rollup.by)
      if (!dimensions.includes(name)) yield { path, problem: `${name} is no dimension; add it to dimensions` }
    for (const name of rollup.measures) {
      const measure = own(all, name)
      if (!measure || 'distinct' in measure) yield { path, problem: `${name} is no count or sum measure` }
      const money = measure && 'sum' in measure ? own(fields, measure.sum) : undefined
      if (money?.kind === 'money' && !rollup.by.includes(money.unit ?? ''))
        yield { path, problem: `${name} sums money: add its currency ${money.unit} to by` }
    }
  }
}
