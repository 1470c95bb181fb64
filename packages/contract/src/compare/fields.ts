/** Fields of a contract, or members of a struct: which came, went, or were renamed. */
import { own } from '../check/own.ts'
import type { Fields } from '../definition/contract.ts'
import type { Field } from '../definition/fields.ts'
import type { Change } from './change.ts'
import { compareField } from './field.ts'
import { findRenames, type Renames } from './renames.ts'

/** Where fields stand. */
export interface Place {
  /** Path of what holds them: `fields`, `fields.place`. */
  readonly path: string
  /** Older name of the contract's field that they are part of; undefined for the contract's own fields. */
  readonly within?: string
  /** Of the contract's own fields, those that readers filter by, in newer names. */
  readonly filtered?: ReadonlySet<string>
}

/** Changes of all fields. `renames` are those that are known; a struct's own are looked for here. */
export function* compareFields(
  before: Fields,
  after: Fields,
  place: Place,
  renames: Renames = findRenames(before, after),
): Generator<Change> {
  const matched = new Set<string>()
  for (const [name, field] of Object.entries(before)) {
    const newer = renames.get(name) ?? name
    const other = matched.has(newer) ? undefined : own(after, newer)
    const fields = [place.within ?? name]
    if (!other || (newer === name && isTarget(renames, name))) {
      yield removed(name, field, place, fields)
      continue
    }
    matched.add(newer)
    if (newer !== name) yield renamed(name, newer, place, fields)
    const isFiltered = place.filtered?.has(newer) ?? false
    yield* compareField(field, other, { path: `${place.path}.${name}`, fields, isFiltered }, compareMembers)
  }
  for (const [name, field] of Object.entries(after)) if (!matched.has(name)) yield added(name, field, place)
}

const compareMembers = (before: Fields, after: Fields, path: string, within: string): Iterable<Change> =>
  compareFields(before, after, { path, within })

/** Another older field is now called so. */
const isTarget = (renames: Renames, name: string): boolean => [...renames.values()].includes(name)

const removed = (name: string, field: Field, { path }: Place, fields: readonly string[]): Change => ({
  code: 'field_removed',
  path: `${path}.${name}`,
  what: `the ${field.kind} ${name} is gone`,
  rows: 'rows that still have it are quarantined',
  readers: 'breaks',
  sources: 'breaks',
  remedy: `Keep ${name} in this major. Leave it out of the next one, and serve this one from it with a projection: ${name}: { constant: … }, or { from: … } if another field tells the same.`,
  fields,
})

const renamed = (name: string, newer: string, { path }: Place, fields: readonly string[]): Change => ({
  code: 'field_renamed',
  path: `${path}.${name}`,
  what: `${name} is now called ${newer}`,
  readers: 'breaks',
  sources: 'breaks',
  remedy: `Keep ${name} beside ${newer}${path === 'fields' ? '' : ' as a nullable member'} within this major. Or rename it in a new major, and serve this one from it with a projection: ${name}: { from: '${newer}' }.`,
  fields,
})

function added(name: string, field: Field, { path }: Place): Change {
  const where = { path: `${path}.${name}` }
  if (field.nullable)
    return {
      code: 'field_added',
      ...where,
      what: `the nullable ${field.kind} ${name} is new`,
      sources: 'notice',
    }
  return {
    code: 'required_field_added',
    ...where,
    what: `the ${field.kind} ${name} is new and always has a value; records stored before have none`,
    rows: 'rows without it are quarantined',
    readers: 'notice',
    sources: 'breaks',
    remedy: `Declare ${name} nullable within this major: records stored before hold null, so a promise of a value breaks for them. Require it in the next major, once all sources send it.`,
  }
}
