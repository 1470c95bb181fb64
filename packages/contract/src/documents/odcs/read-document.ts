/** Whether a value is an ODCS document that can be looked at: plain JSON, of a version that is known, within limits. */
import { isObject, isObjectList, lineOf, objectsIn, type Json } from './json.ts'
import { OdcsError, type Reason } from './odcs-error.ts'

/** Deeper documents are refused: a contract's own fields end far above. */
const MAX_DEPTH = 18
/** Members and items in all. The largest official example has 20,000. */
const MAX_VALUES = 250_000
const MAX_TABLES = 500
/** Properties, rules and custom properties of one element: names in them are compared with each other. */
const MAX_ITEMS = 1_000

/**
 * The document.
 *
 * @throws {OdcsError} `odcs_refused`
 */
export function readDocument(value: unknown): Json {
  const unsound = findUnsound(value)
  if (unsound) throw new OdcsError([unsound])
  if (!isObject(value)) throw new OdcsError([{ path: '', problem: 'is no object, and so no ODCS document' }])
  const { kind, apiVersion, schema } = value
  if (kind !== 'DataContract')
    throw new OdcsError([
      { path: 'kind', problem: `is ${show(kind)}: only a DataContract describes the fields of a table` },
    ])
  if (typeof apiVersion !== 'string' || !/^v3\.[0-2]\.\d{1,3}$/.test(apiVersion))
    throw new OdcsError([
      { path: 'apiVersion', problem: `is ${show(apiVersion)}; v3.0.0 to v3.2.0 are read` },
    ])
  if (schema !== undefined && !isObjectList(schema))
    throw new OdcsError([{ path: 'schema', problem: 'is a list of tables' }])
  const tables = objectsIn(schema)
  if (tables.length > MAX_TABLES)
    throw new OdcsError([{ path: 'schema', problem: `has more than ${MAX_TABLES} tables` }])
  for (const [index, { name }] of tables.entries()) {
    if (typeof name !== 'string' || name.trim() === '')
      throw new OdcsError([{ path: `schema.${index}.name`, problem: 'is missing: a table has a name' }])
  }
  const [wrong] = wrongLists(value, '').concat(tables.flatMap((table) => wrongLists(table, `schema.${String(table['name'])}`))) // prettier-ignore
  if (wrong) throw new OdcsError([wrong])
  const twice = tables.find(({ name }, index) => tables.findIndex((each) => each['name'] === name) < index)
  if (twice) throw new OdcsError([{ path: 'schema', problem: `has two tables ${show(twice['name'])}` }])
  // Aliases of YAML make one object stand in two places, where it has two names.
  return JSON.parse(JSON.stringify(value)) as Json
}

/** Lists that we read and add to: anything else in them could not be kept. */
function wrongLists(element: Json, path: string): Reason[] {
  const own = ['customProperties', 'quality', 'properties'].flatMap((name) => {
    const list = element[name]
    // YAML has null where a name has nothing behind it.
    const isList = list === undefined || list === null || isObjectList(list)
    if (!isList) return [{ path: `${path}.${name}`, problem: 'is a list of objects' }]
    const isLong = Array.isArray(list) && list.length > MAX_ITEMS
    return isLong ? [{ path: `${path}.${name}`, problem: `has more than ${MAX_ITEMS} items` }] : []
  })
  const below = [...objectsIn(element['properties']), ...objectsIn(element['quality']), ...objectsIn([element['items']])] // prettier-ignore
  return [...own, ...below.flatMap((each) => wrongLists(each, `${path}.${lineOf(each['name']) ?? 'items'}`))]
}

/** Looks at every value once, without recursion: the document may be deeper than the stack, or contain itself. */
function findUnsound(root: unknown): Reason | undefined {
  const open: { value: unknown; path: string; depth: number }[] = [{ value: root, path: '', depth: 0 }]
  let seen = 0
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, path, depth } = next
    if (++seen > MAX_VALUES) return { path: '', problem: `has more than ${MAX_VALUES} values` }
    if (depth > MAX_DEPTH) return { path: path.slice(0, 100), problem: `is nested deeper than ${MAX_DEPTH} levels` } // prettier-ignore
    if (value === null || typeof value === 'string' || typeof value === 'boolean') continue
    if (typeof value === 'number' && Number.isFinite(value)) continue
    if (typeof value !== 'object' || !isPlain(value)) return { path, problem: 'is no JSON value' }
    for (const [name, member] of Object.entries(value)) {
      // Code that copies members one by one would change what the object inherits.
      if (name === '__proto__') return { path, problem: 'has a member __proto__, which no standard knows' }
      open.push({ value: member, path: path === '' ? name : `${path}.${name}`, depth: depth + 1 })
    }
  }
  return undefined
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === null || prototype === Object.prototype
}

const show = (value: unknown): string =>
  typeof value === 'string' ? `“${value.slice(0, 60)}”` : value === undefined ? 'missing' : 'no text'
