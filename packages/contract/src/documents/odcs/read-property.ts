/** A property of an ODCS document as a field of a contract. */
import type { Field } from '../../definition/fields.ts'
import { kindOf, zodOf, type Shape } from '../../definition/kinds.ts'
import { enumeratedValues } from './enumeration.ts'
import { defined, isObject, lineOf, memberOf, objectsIn, proseOf, same, type Json } from './json.ts'
import { classOfProperty, kindOfProperty, physicalLength } from './kind-of-property.ts'
import type { Names } from './names.ts'
import { saidOf } from './said.ts'
import { readReference } from './write-property.ts'

/** What is known beyond the property itself. */
export interface PropertyPlace {
  readonly names: Names
  /** What the property is called in the contract; the items of a list have no name. */
  readonly name?: string | undefined
  /** The contract needs a value in every record: it is part of the key, or the event time. */
  readonly isNeeded?: boolean
  /** The field of another product that a reference such as `receivers.id` means. */
  readonly resolve?: (reference: string) => string | undefined
}

/** A field, or why no kind of field can hold it. */
export type ReadField = { readonly field: Field } | { readonly aside: string }

/** Members of a field that are read here; items and members below are fields of their own. */
export const ownMembers = ['kind', 'means', 'nullable', 'class', 'name', 'synonyms', 'unit', 'of', 'from', 'values', 'min', 'max', 'examples'] as const // prettier-ignore

/** The field of a property, with all that is below it. What no kind can hold below a struct is left out of it. */
export function readProperty(property: Json, place: PropertyPlace): ReadField {
  const kind = kindOfProperty(property)
  if ('aside' in kind) return kind
  const below = { names: place.names }
  const items = kind.kind === 'list' ? readItems(property, below) : undefined
  if (items && 'aside' in items) return { aside: `is a list, and each of its items ${items.aside}` }
  const fields = kind.kind === 'struct' ? readMembers(property, below) : undefined
  if (fields && Object.keys(fields).length === 0) return { aside: 'is an object of which no member can be held' } // prettier-ignore
  const own = readOwn(property, place)
  const shape = { ...own, items: items?.field, fields }
  return { field: defined({ ...shape, examples: readExamples(property, shape) }) as unknown as Field } // readOwn gives kind, means, class and nullable
}

/** The members of its field that a property says itself. */
export function readOwn(property: Json, place: PropertyPlace): Json {
  const said = saidOf(property)
  const natural = naturalMembers(property, place)
  return Object.fromEntries(
    ownMembers.map((name) => [name, said.has(name) ? (said.get(name) ?? undefined) : natural[name]]),
  )
}

/** Examples of a property that are values of its field; none when one of them is not. */
export function readExamples(property: Json, shape: Json): unknown {
  const said = saidOf(property)
  if (said.has('examples')) return said.get('examples') ?? undefined
  const { examples } = property
  if (!Array.isArray(examples) || examples.length === 0 || examples.length > 20) return undefined
  const type = zodOf(shape as unknown as Shape) // made by readOwn
  return examples.every((example) => type.safeParse(example).success) ? examples : undefined
}

function naturalMembers(property: Json, { name: ours, isNeeded = false, resolve }: PropertyPlace): Json {
  const read = kindOfProperty(property)
  const kind = 'kind' in read ? read.kind : undefined
  const name = lineOf(property['name'])
  const called = lineOf(property['businessName']) ?? (name === ours ? undefined : name)
  const custom = (wanted: string): unknown =>
    objectsIn(property['customProperties']).find((item) => item['property'] === wanted)?.['value']
  const { transformSourceObjects: from } = property
  const to = objectsIn(property['relationships'])[0]?.['to']
  return {
    kind,
    means: proseOf(property['description']) ?? called ?? name ?? 'Not described',
    nullable: property['required'] !== true && !isNeeded,
    class: classOfProperty(property),
    name: called,
    synonyms: readLines(custom('synonyms')),
    unit: lineOf(custom('unit')),
    of: readReference(to) ?? (typeof to === 'string' ? resolve?.(to) : undefined),
    from: Array.isArray(from) && from.length > 0 && from.length <= 50 && from.every((each) => isReference(each)) ? from : undefined, // prettier-ignore
    values: kind === 'enum' ? enumeratedValues(property) : undefined,
    ...(kind === undefined ? {} : readLimits(property, kind)),
  }
}

function readLimits(property: Json, kind: Shape['kind']): Json {
  const options = memberOf(property, 'logicalTypeOptions')
  const option = (name: string): number | undefined => {
    const value = memberOf(options, name)
    return typeof value === 'number' ? value : undefined
  }
  if (kind === 'text') {
    const length = option('maxLength') ?? physicalLength(property)
    return { max: length === 2_000 || !isSize(length) ? undefined : length }
  }
  if (kind === 'list') {
    const count = option('maxItems')
    return { max: count === 100 || !isSize(count) ? undefined : count }
  }
  if (kindOf(kind).odcs.logicalType === 'integer')
    return {
      min: option('minimum') ?? plus(option('exclusiveMinimum'), 1),
      max: option('maximum') ?? plus(option('exclusiveMaximum'), -1),
    }
  return kind === 'number' ? { min: option('minimum'), max: option('maximum') } : {}
}

/** What a row of D1 can hold; a longer limit is a database's word for none. */
const isSize = (size: number | undefined): size is number =>
  size !== undefined && Number.isInteger(size) && size >= 0 && size <= 1_000_000

const plus = (bound: number | undefined, step: number): number | undefined =>
  bound !== undefined && Number.isSafeInteger(bound) ? bound + step : undefined

const isReference = (text: unknown): boolean =>
  typeof text === 'string' && /^[a-z0-9-]+\.[a-z0-9-]+#[a-z0-9_]+$/.test(text)

function readLines(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > 20) return undefined
  const lines = value.flatMap((line) => lineOf(line) ?? [])
  return same(lines, value) ? lines : undefined
}

function readItems(property: Json, place: PropertyPlace): ReadField {
  const { items } = property
  return isObject(items) ? readProperty(items, place) : { aside: 'is not described' }
}

const readMembers = (property: Json, place: PropertyPlace): Readonly<Record<string, Field>> =>
  Object.fromEntries(
    objectsIn(property['properties']).flatMap((member) => {
      const name = place.names.get(member)
      const read = readProperty(member, { ...place, name })
      return 'field' in read && name !== undefined ? [[name, read.field] as const] : []
    }),
  )
