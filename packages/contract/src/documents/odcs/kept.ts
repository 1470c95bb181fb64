/**
 * What a document says beyond its contract, as a list of places and values. Each is laid over the document that the
 * contract makes where that still says what it said at the import: later edits of the contract show.
 */
import { own } from '../../check/own.ts'
import { isEnumeration } from './enumeration.ts'
import { isObject, isObjectList, same, type Json } from './json.ts'
import type { Names } from './names.ts'
import { isSaid } from './said.ts'

/** One value that is kept. `at` is a JSON pointer (RFC 6901) in which items of lists stand under their names. */
export interface Kept {
  readonly at: string
  readonly is?: unknown
  /** What the contract's document has in its place; absent where that has nothing. */
  readonly over?: unknown
  /** The order of a list's items, where it is not the contract's. */
  readonly order?: readonly string[]
}

/** The name of our own server in a document: where it is served is no part of a contract. */
export const SERVER = 'meshloop'

/** What `original` has and `made` has not, or has otherwise. */
export function difference(original: Json, made: Json, originals: Names, names: Names): Kept[] {
  const compare = (value: unknown, other: unknown, at: string, key: string): Kept[] => {
    if (same(value, other)) return []
    if (isObject(value) && isObject(other))
      return Object.entries(value).flatMap(([name, member]) =>
        compare(member, Object.hasOwn(other, name) ? other[name] : undefined, `${at}/${escape(name)}`, name),
      )
    if (isObjectList(value) && (other === undefined || isObjectList(other))) {
      const foreign = value.filter((item) => !isOurs(key, item))
      return value.length === 0 && other === undefined
        ? [{ at, is: value }]
        : compareItems(
            foreign,
            (other ?? []).filter((item) => !isOurs(key, item)),
            at,
            key,
          )
    }
    return [other === undefined ? { at, is: value } : { at, is: value, over: other }]
  }
  const compareItems = (items: readonly Json[], others: readonly Json[], at: string, key: string): Kept[] => {
    const ids = identities(key, items, originals)
    const otherIds = identities(key, others, names)
    const plain = [...otherIds, ...ids.filter((id) => !otherIds.includes(id))]
    const wanted = [...ids, ...otherIds.filter((id) => !ids.includes(id))]
    return [
      ...items.flatMap((item, index) => {
        const id = ids[index] ?? ''
        return compare(item, others[otherIds.indexOf(id)], `${at}/${escape(id)}`, '')
      }),
      ...(same(plain, wanted) ? [] : [{ at, order: ids }]),
    ]
  }
  return compare(original, made, '', '')
}

/** The document with what is kept laid over it. */
export function overlay(made: Json, kept: readonly Kept[], names: Names): Json {
  const lay = (value: unknown, { entry, order, below }: Place, key: string): unknown => {
    if (entry) {
      const isAsItWas = 'over' in entry ? same(value, entry.over) : value === undefined
      return isAsItWas ? entry.is : value
    }
    if (isObject(value)) {
      const all = [...new Set([...Object.keys(value), ...below.keys()])]
      return Object.fromEntries(
        all.flatMap((name) => {
          const place = below.get(name)
          const old = Object.hasOwn(value, name) ? value[name] : undefined
          const member = place ? lay(old, place, name) : old
          return member === undefined ? [] : [[name, member]]
        }),
      )
    }
    if (value !== undefined && !isObjectList(value)) return value
    const items = layItems(value ?? [], below, order, key)
    return items.length === 0 ? value : items
  }
  const layItems = (items: readonly Json[], below: Place['below'], order: Place['order'], key: string) => {
    const ids = identities(key, items, names)
    const all = [...ids, ...[...below.keys()].filter((id) => !ids.includes(id))]
    const sorted = order ? [...order.filter((id) => all.includes(id)), ...all.filter((id) => !order.includes(id))] : all // prettier-ignore
    return sorted.flatMap((id) => {
      const item = items[ids.indexOf(id)]
      const place = below.get(id)
      const laid = place ? lay(item, place, '') : item
      return isObject(laid) ? [laid] : []
    })
  }
  const laid = lay(made, placesOf(kept), '')
  return isObject(laid) ? laid : made
}

/** Places deeper than any document that is read. */
const MAX_DEPTH = 64

/** What is kept, as it stands in a contract; what is no such list is nothing. */
export function readKept(value: unknown): Kept[] {
  const entries = isObjectList(value) ? value : []
  return entries.flatMap(({ at, order, ...rest }) => {
    if (typeof at !== 'string' || at.split('/').length > MAX_DEPTH) return []
    if (Array.isArray(order)) return [{ at, order: order.filter((id) => typeof id === 'string') }]
    return 'is' in rest ? [{ at, ...rest }] : []
  })
}

interface Place {
  entry?: Kept
  order?: readonly string[]
  readonly below: Map<string, Place>
}

function placesOf(kept: readonly Kept[]): Place {
  const root: Place = { below: new Map() }
  for (const entry of kept) {
    let place = root
    for (const token of entry.at.split('/').slice(1).map(unescape)) {
      const next: Place = place.below.get(token) ?? { below: new Map() }
      place.below.set(token, next)
      place = next
    }
    if (entry.order) place.order = entry.order
    else place.entry = entry
  }
  return root
}

/** The member by which the items of a list are told apart. */
const identifying: Readonly<Record<string, string>> = {
  servers: 'server',
  support: 'channel',
  slaProperties: 'property',
  customProperties: 'property',
  roles: 'role',
  members: 'username',
  authoritativeDefinitions: 'url',
}

/** A name for each item of a list, each once. */
function identities(key: string, items: readonly Json[], names: Names): string[] {
  const counts = new Map<string, number>()
  return items.map((item) => {
    const name = names.get(item) ?? identity(key, item)
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return count === 1 ? name : `${name}#${count}`
  })
}

function identity(key: string, item: Json): string {
  // A contract is about one table, and a property refers to one other.
  if (key === 'schema') return 'records'
  if (key === 'relationships') return 'to'
  if (key === 'quality' && isEnumeration(item)) return 'values'
  const named = item[own(identifying, key) ?? 'name']
  return typeof named === 'string' ? named : 'item'
}

const isOurs = (key: string, item: Json): boolean =>
  key === 'customProperties' ? isSaid(item) : key === 'servers' && item['server'] === SERVER

const escape = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1')
const unescape = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~')
