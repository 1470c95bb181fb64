/** The contract for the one table of a document, not yet checked as a whole, or what is missing for it. */
import type { Contract } from '../../definition/contract.ts'
import type { Field } from '../../definition/fields.ts'
import type { QualityRule } from '../../definition/quality.ts'
import { defined, lineOf, memberOf, objectsIn, type Json } from './json.ts'
import type { OdcsOptions } from './options.ts'
import { idPartOf, namesIn, type Names } from './names.ts'
import type { Reason } from './odcs-error.ts'
import { readFrame } from './read-frame.ts'
import { readProperty, type ReadField } from './read-property.ts'
import { readRule } from './read-rule.ts'
import { saidOf } from './said.ts'

/** A field's JSON is no deeper: the contract around it may be eight levels deep (readContract). */
const MAX_FIELD_DEPTH = 6

interface Column {
  readonly property: Json
  readonly name: string
  readonly read: ReadField
}

/** What is known beside the table. */
export interface Surroundings {
  /** With the other tables too, to which this one may refer. */
  readonly document: Json
  readonly options: OdcsOptions
  /** What the product is called where nobody says it. */
  readonly product: string
}

/** Reads the one table of `single`. */
export function readTable(
  single: Json,
  { document, options, product }: Surroundings,
): { readonly contract: Contract } | { readonly reasons: readonly Reason[] } {
  const names = namesIn(single)
  const table = objectsIn(single['schema'])[0] ?? {}
  const label = String(table['name'])
  const frame = readFrame(single, names)
  const domain = options.domain ?? idPartOf(lineOf(document['domain']) ?? '')
  // The id of a document with several tables is no product's.
  const isOne = objectsIn(document['schema']).length === 1
  const said = isOne && typeof frame.id === 'string' ? frame.id : undefined
  const named = options.product ?? said?.split('.')[1] ?? product
  const isRenamed = options.domain !== undefined || options.product !== undefined
  const id = said !== undefined && !isRenamed ? said : domain && `${domain}.${named}`
  const properties = objectsIn(table['properties'])
  const find = (wanted: string): string =>
    names.get(properties.find(({ name }) => name === wanted) ?? {}) ?? wanted
  const key = options.key?.map(find) ?? asNames(frame.key)
  const eventTime =
    options.addEventTime ?? (options.eventTime === undefined ? frame.eventTime : find(options.eventTime))
  const needed = new Set([...key, eventTime])
  const resolve = (reference: string): string | undefined => resolveIn(document, reference, domain)
  const columns = properties.map((property): Column => {
    const name = names.get(property) ?? ''
    const read = readProperty(property, { names, name, isNeeded: needed.has(name), resolve })
    const isDeep = 'field' in read && isDeeper(read.field, MAX_FIELD_DEPTH)
    return { property, name, read: isDeep ? { aside: 'is nested deeper than a field may be' } : read }
  })
  const owner = { team: memberOf(frame.owner, 'team') ?? options.team, support: memberOf(frame.owner, 'support') ?? options.support } // prettier-ignore
  // Its name is no table's either.
  const title = isOne ? frame.title : (lineOf(table['businessName']) ?? lineOf(label) ?? frame.title)
  const purpose = frame.purpose ?? options.purpose
  const freshness = frame.freshness ?? options.freshness
  const reasons: Reason[] = [
    ...missing(id, 'domain', 'domain', 'says no domain'),
    ...missingKey(label, key, columns),
    ...(options.addEventTime === undefined ? missingEventTime(label, eventTime, columns) : notNew(label, options.addEventTime, columns)), // prettier-ignore
    ...missing(freshness, 'freshness', 'slaProperties', 'says no latency in seconds, minutes, hours, days, weeks or years'), // prettier-ignore
    ...missing(owner.team, 'team', 'team', 'says no name of a team'),
    ...missing(owner.support, 'support', 'support', 'says no support channel'),
    ...missing(purpose, 'purpose', 'description', `says neither what it nor what ${label} is for`),
  ]
  if (reasons.length > 0) return { reasons }
  const fields: Record<string, Field> = Object.fromEntries(columns.flatMap(({ name, read }) => ('field' in read ? [[name, read.field]] : []))) // prettier-ignore
  if (options.addEventTime !== undefined) fields[options.addEventTime] = addedTime
  const quality = readRules(table, columns, names) ?? saidOf(single).get('quality')
  const all = { ...frame, id, title, purpose, owner, fields, key, eventTime, freshness, quality }
  return { contract: defined(all) as unknown as Contract } // read with readContract once it is whole
}

const addedTime: Field = {
  kind: 'time',
  means: 'When it happened. The imported document has no such field: the source adds it',
  class: 'internal',
  nullable: false,
}

const notNew = (table: string, name: string, columns: readonly Column[]): Reason[] =>
  columns.some((column) => column.name === name)
    ? [{ path: `schema.${table}`, problem: `has a field ${name} already`, option: 'addEventTime' }]
    : []

const asNames = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []

const missing = (
  value: unknown,
  option: Reason['option'] & string,
  path: string,
  problem: string,
): Reason[] =>
  // prettier-ignore
  value === undefined ? [{ path, problem: `${problem}: give it with the option`, option }] : []

function missingKey(table: string, key: readonly string[], columns: readonly Column[]): Reason[] {
  const candidates = columns.filter(({ read }) => 'field' in read && !['list', 'struct'].includes(read.field.kind)) // prettier-ignore
  if (key.length === 0) return [reasonOf(table, 'says no primary key', candidates, 'key')]
  return key.flatMap((name) => wrongColumn(table, name, columns, candidates, 'key'))
}

function missingEventTime(table: string, eventTime: unknown, columns: readonly Column[]): Reason[] {
  const candidates = columns.filter(({ read }) => 'field' in read && read.field.kind === 'time')
  if (typeof eventTime !== 'string')
    return [reasonOf(table, 'does not say which field tells when something happened', candidates, 'eventTime')] // prettier-ignore
  return wrongColumn(table, eventTime, columns, candidates, 'eventTime')
}

function wrongColumn(
  table: string,
  name: string,
  columns: readonly Column[],
  candidates: readonly Column[],
  option: 'key' | 'eventTime',
): Reason[] {
  const column = columns.find((each) => each.name === name)
  if (!column) return [reasonOf(table, `has no field ${name}`, candidates, option)]
  if ('aside' in column.read)
    return [reasonOf(table, `needs ${name}, which ${column.read.aside}`, candidates, option)]
  if (candidates.includes(column)) return []
  return [
    reasonOf(table, `needs another field than ${name}, a ${column.read.field.kind}`, candidates, option),
  ]
}

const reasonOf = (
  table: string,
  why: string,
  candidates: readonly Column[],
  option: 'key' | 'eventTime',
): Reason => ({
  // prettier-ignore
  path: `schema.${table}`,
  problem:
    candidates.length === 0
      ? `${why}, and none of its fields could be it${option === 'eventTime' ? ': name a field that the product adds' : ''}`
      : `${why}: give it with the option, out of ${candidates.map(({ name }) => name).join(', ')}`,
  option: option === 'eventTime' && candidates.length === 0 ? 'addEventTime' : option,
})

function readRules(table: Json, columns: readonly Column[], names: Names): unknown {
  const fieldNamed = (name: unknown): string | undefined =>
    columns.find((column) => column.property['name'] === name)?.name
  const places = [
    { element: table, field: undefined },
    ...columns.flatMap(({ property, name, read }) => ('field' in read ? [{ element: property, field: name }] : [])), // prettier-ignore
  ]
  const rules = places.flatMap(({ element, field }) =>
    objectsIn(element['quality']).flatMap((item): (readonly [string, QualityRule])[] => {
      const name = names.get(item)
      const rule = name === undefined ? undefined : readRule(item, { field, fieldNamed })
      return name === undefined || !rule ? [] : [[name, rule]]
    }),
  )
  return rules.length === 0 ? undefined : Object.fromEntries(rules)
}

/** `receivers.id`, where the document has that table with that property. */
function resolveIn(document: Json, reference: string, domain: string | undefined): Field['of'] {
  const [tableName, propertyName, more] = reference.split('.')
  const table = objectsIn(document['schema']).find(({ name }) => name === tableName)
  const property = objectsIn(table?.['properties']).find(({ name }) => name === propertyName)
  const product = idPartOf(tableName ?? '')
  if (!table || !property || more !== undefined || domain === undefined || product === undefined) return undefined // prettier-ignore
  const field = namesIn({ schema: [table] }).get(property)
  return field === undefined ? undefined : `${domain}.${product}#${field}`
}

function isDeeper(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== 'object') return false
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1))
}
