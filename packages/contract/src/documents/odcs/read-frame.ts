/** What a document says of a contract beside its fields and rules. */
import type { Contract } from '../../definition/contract.ts'
import { ID } from '../../check/names.ts'
import { fromService } from './durations.ts'
import { defined, lineOf, memberOf, objectsIn, proseOf, type Json } from './json.ts'
import type { Names } from './names.ts'
import { saidOf } from './said.ts'

/** Members of a contract that are read here. */
export type FrameMember = Exclude<keyof Contract, 'fields' | 'quality' | 'carried'>

/** What is found; members of which nothing is said are absent. It is not yet checked. */
export type Frame = { readonly [M in FrameMember]?: unknown }

interface Source {
  readonly document: Json
  readonly table: Json
  readonly names: Names
}

const nowhere = (): undefined => undefined

/** Where each member stands in ODCS. The others stand in custom properties of ours. */
const places: { readonly [M in FrameMember]-?: (source: Source) => unknown } = {
  id: ({ document: { id } }) => (typeof id === 'string' && ID.test(id) ? id : undefined),
  version: ({ document }) => readVersion(document['version']),
  title: ({ document, table }) =>
    lineOf(table['businessName']) ?? lineOf(document['name']) ?? lineOf(table['name']),
  purpose: ({ document, table }) =>
    proseOf(table['description']) ?? proseOf(memberOf(document['description'], 'purpose')),
  limitations: ({ document }) => proseOf(memberOf(document['description'], 'limitations')),
  terms: ({ document }) => proseOf(memberOf(document['description'], 'usage')),
  price: ({ document }) => readPrice(document['price']),
  owner: ({ document }) => {
    const owner = {
      team: lineOf(memberOf(document['team'], 'name')),
      support: lineOf(objectsIn(document['support'])[0]?.['channel']),
    }
    return owner.team === undefined && owner.support === undefined ? undefined : defined(owner)
  },
  key: ({ table, names }) => readKey(table, names),
  eventTime: (source) => readEventTime(source),
  freshness: ({ document }) => fromService(levelOf(document, 'latency')),
  frequency: ({ document }) => fromService(levelOf(document, 'frequency')),
  retention: ({ document }) => fromService(levelOf(document, 'retention')),
  availability: ({ document }) => {
    const { value, unit } = levelOf(document, 'availability')
    const isPercent = unit === 'percent' || unit === '%'
    return typeof value === 'number' && isPercent && value > 0 && value <= 100 ? value : undefined
  },
  lifecycle: ({ document }) => readLifecycle(document),
  visibility: nowhere,
  access: nowhere,
  versionBy: nowhere,
  indexes: nowhere,
  measures: nowhere,
  dimensions: nowhere,
  rollups: nowhere,
  ports: nowhere,
  exports: nowhere,
  limits: nowhere,
  tombstones: nowhere,
  inputs: nowhere,
  flags: nowhere,
  gate: nowhere,
  reintegration: nowhere,
  projects: nowhere,
}

/** The members of a contract that are read here, in its order. */
export const frameMembers = Object.keys(places) as readonly FrameMember[] // the keys of places

/** Reads the frame of the contract for the one table of this document. */
export function readFrame(document: Json, names: Names): Frame {
  const table = objectsIn(document['schema'])[0] ?? {}
  const said = saidOf(document)
  return defined(
    Object.fromEntries(
      frameMembers.map((name) => [
        name,
        said.has(name) ? (said.get(name) ?? undefined) : places[name]({ document, table, names }),
      ]),
    ),
  )
}

/** ODCS asks for no semantic version; ours begin with major 1. */
function readVersion(version: unknown): string {
  const [, major = '0', minor = '0', patch = '0'] =
    (typeof version === 'string' && /^v?(\d{1,6})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?$/.exec(version)) || []
  return major.startsWith('0') ? '1.0.0' : `${major}.${minor}.${patch}`
}

function readPrice(price: unknown): unknown {
  const amount = memberOf(price, 'priceAmount')
  const currency = lineOf(memberOf(price, 'priceCurrency'))
  const unit = lineOf(memberOf(price, 'priceUnit'))
  return typeof amount === 'number' && currency !== undefined && unit !== undefined
    ? { amount, currency, unit }
    : undefined
}

function readKey(table: Json, names: Names): readonly string[] | undefined {
  const place = ({ primaryKeyPosition: position }: Json): number =>
    typeof position === 'number' && position > 0 ? position : Number.MAX_SAFE_INTEGER
  const key = objectsIn(table['properties'])
    .filter((property) => property['primaryKey'] === true)
    .toSorted((a, b) => place(a) - place(b))
    .flatMap((property) => names.get(property) ?? [])
  return key.length === 0 ? undefined : key
}

/** Latency is measured at a column: the one that says when something happened. */
function readEventTime({ document, table, names }: Source): string | undefined {
  const { element } = levelOf(document, 'latency')
  const [, tableName, column] = (typeof element === 'string' && /^(.+)\.([^.]+)$/.exec(element)) || []
  if (tableName === undefined || (tableName !== 'records' && tableName !== table['name'])) return undefined
  const properties = objectsIn(table['properties'])
  const found =
    properties.find((property) => property['name'] === column) ??
    properties.find((property) => names.get(property) === column)
  return found && names.get(found)
}

function readLifecycle(document: Json): unknown {
  const days = Object.fromEntries(
    ['generalAvailability', 'endOfSupport', 'endOfLife'].map((name) => {
      const { value } = levelOf(document, name)
      return [name, typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value) ? value.slice(0, 10) : undefined] // prettier-ignore
    }),
  )
  const lifecycle = defined(days)
  return Object.keys(lifecycle).length === 0 ? undefined : lifecycle
}

const levelOf = (document: Json, property: string): Json =>
  objectsIn(document['slaProperties']).find((level) => level['property'] === property) ?? {}
