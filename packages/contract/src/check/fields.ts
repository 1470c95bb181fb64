/** Fields: their names, meanings, shapes, bounds and examples. */
import type { Contract, Fields } from '../definition/contract.ts'
import type { Field } from '../definition/fields.ts'
import { zodOf } from '../definition/kinds.ts'
import type { ContractProblem } from '../definition/contract-error.ts'
import { NAME, NAME_RULE } from './names.ts'
import { own } from './own.ts'

const SYSTEM_COLUMN = /^_/

/** Problems of the fields. */
export function* checkFields({ fields }: Contract): Generator<ContractProblem> {
  const all = Object.keys(fields)
  // D1 has at most 100 columns a table; five are the system's.
  if (all.length === 0 || all.length > 95) yield { path: 'fields', problem: 'a product has 1 to 95 fields' }
  for (const name of all) {
    if (SYSTEM_COLUMN.test(name))
      yield { path: `fields.${name}`, problem: 'names that begin with _ are the system’s' }
    else if (!NAME.test(name)) yield { path: `fields.${name}`, problem: NAME_RULE }
    const field = own(fields, name)
    if (field) yield* checkField(`fields.${name}`, field, [fields])
  }
}

/** `beside`: fields of the contract, and members of the structs that the field is in. */
function* checkField(path: string, field: Field, beside: readonly Fields[]): Generator<ContractProblem> {
  if (field.means.trim() === '') yield { path: `${path}.means`, problem: 'say what the field means' }
  if (field.kind === 'money' && !beside.some((fields) => own(fields, field.unit)))
    yield { path: `${path}.unit`, problem: 'money names the field beside it that holds its currency' }
  const shape = [...checkShape(path, field)]
  yield* shape
  // As for a product: two versions are compared member by member, and a megabyte holds tens of thousands of them.
  if (Object.keys(field.fields ?? {}).length > 95)
    yield { path: `${path}.fields`, problem: 'a struct has at most 95 members' }
  const inside = field.fields ? [...beside, field.fields] : beside
  for (const [name, member] of Object.entries(field.fields ?? {})) {
    if (!NAME.test(name)) yield { path: `${path}.${name}`, problem: NAME_RULE }
    yield* checkField(`${path}.${name}`, member, inside)
  }
  if (field.items) yield* checkField(`${path}.items`, field.items, beside)
  if (shape.length === 0) yield* checkExamples(path, field)
}

/** Each kind has what it needs and nothing that it would ignore. */
function* checkShape(path: string, field: Field): Generator<ContractProblem> {
  const { kind, values, items, fields, min, max } = field
  const parts = { enum: values, list: items, struct: fields }
  const words = { enum: 'values', list: 'items', struct: 'fields' }
  const isNumber = kind === 'int' || kind === 'number' || kind === 'money'
  for (const [of, part] of Object.entries(parts)) {
    const member = words[of as keyof typeof words] // a key of parts
    if (of === kind && part === undefined)
      yield { path: `${path}.${member}`, problem: `a ${kind} needs ${member}` }
    if (of !== kind && part !== undefined)
      yield { path: `${path}.${member}`, problem: `only a ${of} has ${member}; this is a ${kind}` }
  }
  if (values && new Set(values).size !== values.length)
    yield { path: `${path}.values`, problem: 'names a value twice' }
  if (min !== undefined && !isNumber)
    yield { path: `${path}.min`, problem: `only a number has a lowest value; this is a ${kind}` }
  if (max !== undefined && !isNumber && kind !== 'text' && kind !== 'list')
    yield { path: `${path}.max`, problem: `only numbers, texts and lists have a max; this is a ${kind}` }
  if (min !== undefined && max !== undefined && min > max)
    yield { path: `${path}.min`, problem: `is greater than max, ${max}: no value would fit` }
  if (max !== undefined && max < 0 && (kind === 'text' || kind === 'list'))
    yield { path: `${path}.max`, problem: 'is a length: at least 0' }
}

function* checkExamples(path: string, field: Field): Generator<ContractProblem> {
  if (!field.examples || field.examples.length === 0) return
  const type = zodOf(field)
  for (const [index, example] of field.examples.entries()) {
    const read = type.safeParse(example)
    if (!read.success)
      yield {
        path: `${path}.examples.${index}`,
        problem: `is no value of this field: ${read.error.issues[0]?.message ?? 'it does not fit'}`,
      }
  }
}
