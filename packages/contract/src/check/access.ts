/** Who is shown something without asking, and how totals protect persons. */
import type { Contract, GroupRule } from '../definition/contract.ts'
import type { ContractProblem } from '../definition/contract-error.ts'
import { kindOf } from '../definition/kinds.ts'
import { own } from './own.ts'

const [FEWEST, MOST] = [2, 1000]

/** Problems of the access rules. */
export function* checkAccess(contract: Contract): Generator<ContractProblem> {
  const { automatic, groups } = contract.access ?? {}
  if (automatic && (automatic.length === 0 || new Set(automatic).size !== automatic.length))
    yield {
      path: 'access.automatic',
      problem: 'names each of public, internal at most once, and at least one',
    }
  if (groups) yield* checkGroups(contract, groups)
}

function* checkGroups(
  { fields, key, measures = {}, dimensions = [] }: Contract,
  { least, of, by }: GroupRule,
): Generator<ContractProblem> {
  const path = 'access.groups'
  if (Object.keys(measures).length === 0)
    yield { path, problem: 'protects totals, and there are no measures' }
  if (!Number.isInteger(least) || least < FEWEST || least > MOST)
    yield { path: `${path}.least`, problem: `is a whole number from ${FEWEST} to ${MOST}` }
  const person = of === undefined ? undefined : own(fields, of)
  if (of !== undefined && !person) yield { path: `${path}.of`, problem: `${of} is no field of this product` }
  else if (person && kindOf(person.kind).operators.length === 0)
    yield { path: `${path}.of`, problem: `${of} is a ${person.kind}, which tells nobody from another` }
  if (by.length === 0 || new Set(by).size !== by.length)
    yield { path: `${path}.by`, problem: 'names at least one dimension, and each once' }
  for (const name of by)
    if (!dimensions.includes(name))
      yield { path: `${path}.by`, problem: `${name} is no dimension; add it to dimensions` }
    else if (name === of)
      yield { path: `${path}.by`, problem: `each ${name} would be a group of one: leave it out` }
    else if (['personal', 'sensitive'].includes(own(fields, name)?.class ?? ''))
      yield {
        path: `${path}.by`,
        problem: `${name} is ${own(fields, name)?.class}: a group would be named after what it protects`,
      }
  if (key.every((name) => by.includes(name)))
    yield { path: `${path}.by`, problem: 'names the whole key: each group would be one record' }
}
