/** Whether an older major can be read from the records of the newer one, so that every promise of the older is kept. */
import { boundsOf } from '../definition/bounds.ts'
import type { Contract } from '../definition/contract.ts'
import type { Field } from '../definition/fields.ts'
import { zodOf } from '../definition/kinds.ts'
import { projected, type Projection } from '../definition/projection.ts'
import type { Scalar } from '../definition/quality.ts'
import type { ContractProblem } from '../definition/contract-error.ts'
import { own } from './own.ts'
import { checkProjectionPromises } from './projection-promises.ts'

/** Problems of reading `older` from the records of `newer`; none when it can be served. */
export function findProjectionProblems(older: Contract, newer: Contract): ContractProblem[] {
  const { projects } = older
  if (!projects) return [{ path: 'projects', problem: `say how it reads the records of ${newer.version}` }]
  const fields = Object.entries(older.fields)
  return [
    ...checkFrame(older, newer, projects),
    ...checkKey(older, newer, projects),
    ...fields.flatMap(([name, field]) => [...checkField(name, field, newer, projects)]),
    ...fields.flatMap(([name]) => [...checkName(name, newer, projects)]),
    ...checkProjectionPromises(older, newer, projects),
  ]
}

function* checkFrame(older: Contract, newer: Contract, projection: Projection): Generator<ContractProblem> {
  if (older.id !== newer.id) yield { path: 'id', problem: `is not ${newer.id}` }
  if (newer.projects)
    yield {
      path: 'projects',
      problem: `${newer.version} is itself read from the records of ${newer.projects.major}: name those`,
    }
  if (!newer.version.startsWith(`${projection.major}.`))
    yield { path: 'projects.major', problem: `the stored records are those of ${newer.version}` }
  if (Number(older.version.split('.')[0]) >= projection.major)
    yield { path: 'version', problem: `is no older major than ${projection.major}` }
  for (const name of Object.keys(projection.fields))
    if (!own(older.fields, name))
      yield { path: `projects.fields.${name}`, problem: `${name} is no field of ${older.version}` }
  if (older.flags) yield { path: 'flags', problem: 'only the newest major publishes flags' }
  if (older.inputs) yield { path: 'inputs', problem: 'only the newest major is built from inputs' }
}

/** A record, and a deletion, is found by the same key in both. */
function* checkKey(older: Contract, newer: Contract, projection: Projection): Generator<ContractProblem> {
  const sources = older.key.map((name) => projected(projection, name))
  const names = sources.map((source) => ('from' in source && !source.values ? source.from : undefined))
  if (names.join() !== newer.key.join())
    yield {
      path: 'key',
      problem: `its fields come one by one from the key of ${newer.version}: ${newer.key.join(', ')}`,
    }
}

function* checkField(
  name: string,
  field: Field,
  newer: Contract,
  projection: Projection,
): Generator<ContractProblem> {
  const path = `projects.fields.${name}`
  const source = projected(projection, name)
  if ('constant' in source) {
    yield* checkConstant(path, field, source.constant)
    return
  }
  const from = own(newer.fields, source.from)
  if (!from)
    yield { path, problem: `${source.from} is no field of ${newer.version}; say where ${name} comes from` }
  else if (from.nullable && !field.nullable)
    yield { path, problem: `${source.from} may have no value, ${name} always has one` }
  else if (field.kind === 'money' && !isSameCurrency(field, from, projection))
    yield { path, problem: `its currency is not the one of ${source.from}` }
  else yield* source.values ? checkValues(path, field, from, source.values) : checkSame(path, field, from)
}

/** It is answered as it stands, so it stands in the form in which a record would have it. */
function* checkConstant(path: string, field: Field, constant: Scalar | null): Generator<ContractProblem> {
  const read = zodOf(field).safeParse(constant)
  if (!read.success) yield { path, problem: `${JSON.stringify(constant)} is no value of this field` }
  else if (read.data !== constant)
    yield { path, problem: `${JSON.stringify(constant)} is written ${JSON.stringify(read.data)}` }
}

/**
 * Both majors have one column of a name. One whose content differs could not be told from rows of the older major that
 * are there already.
 */
function* checkName(name: string, newer: Contract, projection: Projection): Generator<ContractProblem> {
  const source = projected(projection, name)
  if (!own(newer.fields, name)) return
  if (!('from' in source) || source.from !== name || source.values)
    yield {
      path: `projects.fields.${name}`,
      problem: `${newer.version} has a field ${name} too, with other content: rename the newer one`,
    }
}

const isSameCurrency = (field: Field, from: Field, projection: Projection): boolean => {
  const currency = projected(projection, field.unit ?? '')
  return 'from' in currency && currency.from === from.unit && !currency.values
}

function* checkValues(
  path: string,
  field: Field,
  from: Field,
  values: Readonly<Record<string, string>>,
): Generator<ContractProblem> {
  if (from.kind !== 'enum' || field.kind !== 'enum') {
    yield { path, problem: 'values are mapped from an enum to an enum' }
    return
  }
  for (const value of Object.keys(values))
    if (!from.values?.includes(value)) yield { path, problem: `${value} is no value of the newer field` }
  for (const value of from.values ?? []) {
    const mapped = own(values, value) ?? value
    if (!field.values?.includes(mapped))
      yield { path, problem: `${value} becomes ${mapped}, which the older field does not have` }
  }
}

/** A value of the newer field is a value of the older one. */
function* checkSame(path: string, field: Field, from: Field): Generator<ContractProblem> {
  if (field.kind !== from.kind) {
    yield { path, problem: `a ${from.kind} is no ${field.kind}` }
    return
  }
  if (field.kind !== 'money' && field.unit !== from.unit)
    yield { path, problem: `is in ${from.unit ?? 'no unit'}, was in ${field.unit ?? 'no unit'}` }
  if (field.kind === 'enum') yield* checkValues(path, field, from, {})
  if (field.items && from.items) yield* checkSame(`${path}.items`, field.items, from.items)
  const shape = JSON.stringify(Object.keys(field.fields ?? {}).toSorted())
  if (shape !== JSON.stringify(Object.keys(from.fields ?? {}).toSorted()))
    yield { path, problem: 'has other members than the older field' }
  for (const [name, member] of Object.entries(field.fields ?? {})) {
    const other = own(from.fields ?? {}, name)
    if (other?.nullable && !member.nullable)
      yield { path: `${path}.${name}`, problem: 'may have no value, the older member always has one' }
    if (other) yield* checkSame(`${path}.${name}`, member, other)
  }
  yield* checkBounds(path, field, from)
}

function* checkBounds(path: string, field: Field, from: Field): Generator<ContractProblem> {
  const [bounds, values] = [boundsOf(field), boundsOf(from)]
  if (bounds && values && (values.max > bounds.max || values.min < bounds.min))
    yield { path, problem: 'its values may lie outside the bounds of the older field' }
}
