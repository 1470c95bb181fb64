/** What the compiler cannot see about a contract: checked when it is defined and again when one arrives over the network. */
import { durationMs } from './duration.ts'
import type { Field } from './fields.ts'
import { kindOf } from './kinds.ts'
import type { Contract } from './product.ts'

/** One thing that is wrong: where, what, and how to mend it. */
export interface ContractProblem {
  readonly path: string
  readonly problem: string
}

/** A contract that contradicts itself. `code` is always `contract_invalid`. */
export class ContractError extends Error {
  readonly code = 'contract_invalid'
  readonly problems: readonly ContractProblem[]

  constructor(id: string, problems: readonly ContractProblem[]) {
    super(
      `The contract of ${id} is not valid:\n${problems.map((p) => `- ${p.path}: ${p.problem}`).join('\n')}`,
    )
    this.problems = problems
  }
}

const SYSTEM_COLUMN = /^_/
const NAME = /^[a-z][a-z0-9_]{0,62}$/
const ID = /^[a-z][a-z0-9-]{0,30}\.[a-z][a-z0-9-]{0,30}$/
const NAME_RULE = 'a name is 1 to 63 of a-z, 0-9 and _, beginning with a letter'

/** Every problem of a contract; none for a good one. */
export function findProblems(contract: Contract): ContractProblem[] {
  return [
    ...identity(contract),
    ...names(contract),
    ...references(contract),
    ...measures(contract),
    ...ports(contract),
  ]
}

function* identity({ id, version, freshness, retention }: Contract): Generator<ContractProblem> {
  if (!ID.test(id))
    yield {
      path: 'id',
      problem: 'is <domain>.<product>, each 1 to 31 of a-z, 0-9 and -, beginning with a letter',
    }
  if (!/^[1-9]\d*\.\d+\.\d+$/.test(version))
    yield { path: 'version', problem: 'is <major>.<minor>.<patch>; the first major is 1' }
  if (durationMs(freshness) === undefined)
    yield { path: 'freshness', problem: 'is a duration such as PT5M or P1D' }
  if (retention !== undefined && durationMs(retention) === undefined)
    yield {
      path: 'retention',
      problem: 'is a duration such as P90D; leave it out to keep records indefinitely',
    }
}

function* names({ fields }: Contract): Generator<ContractProblem> {
  const all = Object.keys(fields)
  // D1 has at most 100 columns a table; five are the system's.
  if (all.length === 0 || all.length > 95) yield { path: 'fields', problem: 'a product has 1 to 95 fields' }
  for (const name of all) {
    if (SYSTEM_COLUMN.test(name))
      yield { path: `fields.${name}`, problem: 'names that begin with _ are the system’s' }
    else if (!NAME.test(name)) yield { path: `fields.${name}`, problem: NAME_RULE }
    const field = own(fields, name)
    if (field && field.means.trim() === '')
      yield { path: `fields.${name}.means`, problem: 'say what the field means' }
    if (field) yield* members(`fields.${name}`, field)
    if (field?.kind === 'money' && !own(fields, field.unit))
      yield {
        path: `fields.${name}.unit`,
        problem: 'money names the field beside it that holds its currency',
      }
  }
}

function* members(path: string, { fields = {}, items }: Field): Generator<ContractProblem> {
  for (const [name, member] of Object.entries(fields)) {
    if (!NAME.test(name)) yield { path: `${path}.${name}`, problem: NAME_RULE }
    yield* members(`${path}.${name}`, member)
  }
  if (items) yield* members(path, items)
}

function* references(contract: Contract): Generator<ContractProblem> {
  const { fields, key, eventTime, versionBy } = contract
  const lists = { key, indexes: contract.indexes ?? [], dimensions: contract.dimensions ?? [] }
  for (const [path, list] of Object.entries(lists))
    for (const name of list) {
      const field = own(fields, name)
      if (!field) yield { path, problem: `${name} is no field of this product` }
      else if (kindOf(field.kind).operators.length === 0)
        yield { path, problem: `${name} is a ${field.kind}, which has no order` }
    }
  if (new Set(key).size !== key.length) yield { path: 'key', problem: 'names a field twice' }
  for (const name of key)
    if (own(fields, name)?.nullable)
      yield { path: 'key', problem: `${name} is nullable: a key always has a value` }
  const time = own(fields, eventTime)
  if (time?.kind !== 'time' || time.nullable)
    yield { path: 'eventTime', problem: 'is a time field that always has a value' }
  if (versionBy !== undefined) {
    const field = own(fields, versionBy)
    if (!field || field.nullable || (field.kind !== 'time' && field.kind !== 'int'))
      yield { path: 'versionBy', problem: 'is a time or int field that always has a value' }
  }
}

function* measures({
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
  for (const [index, rollup] of rollups.entries()) {
    const path = `rollups.${index}`
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

function* ports({ id, fields, inputs = [], flags, reintegration }: Contract): Generator<ContractProblem> {
  for (const [index, input] of inputs.entries()) {
    const path = `inputs.${index}`
    if (!ID.test(input.product)) yield { path, problem: 'product is <domain>.<product>' }
    if (input.product === id) yield { path, problem: 'a product cannot be built from itself' }
  }
  if (!flags) return
  const subject = own(fields, flags.subject)
  // Texts and numbers may be what flags cannot be addressed by; one such record would stop the flags of all.
  if (subject?.kind !== 'id' || subject.nullable)
    yield { path: 'flags.subject', problem: 'is an id field that always has a value' }
  if (!reintegration)
    yield {
      path: 'reintegration',
      problem: 'a flags port needs the recorded decision {decided_by, why, risk, review_by}',
    }
}

/** Every object inherits names such as `constructor`: those are nobody's fields. */
const own = <V>(all: Readonly<Record<string, V>>, name = ''): V | undefined =>
  Object.hasOwn(all, name) ? all[name] : undefined
