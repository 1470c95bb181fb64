/** Names of a document's properties and rules in a contract: ours are lower case, and each is there once. */
import { NAME } from '../../check/names.ts'
import { isEnumeration } from './enumeration.ts'
import { isObject, lineOf, memberOf, objectsIn, type Json } from './json.ts'
import { saidOf } from './said.ts'

/** What each property and rule of a document is called in a contract. */
export type Names = ReadonlyMap<Json, string>

/** Names everything in the tables of a document. The same document always gets the same names. */
export function namesIn(document: Json): Names {
  const tables = objectsIn(document['schema'])
  return new Map(tables.flatMap((table) => [...namesOfProperties(table), ...namesOfRules(table)]))
}

/** `<domain>` or `<product>` as ids have them: `My Table` becomes `my-table`. Undefined when nothing is left. */
export function idPartOf(text: string): string | undefined {
  const part = snake(text).replaceAll('_', '-').replace(/^[^a-z]+/, '').slice(0, 31).replace(/-+$/, '') // prettier-ignore
  return part === '' ? undefined : part
}

function namesOfProperties(element: Json): (readonly [Json, string])[] {
  const properties = objectsIn(memberOf(element, 'properties'))
  const named = unique(
    properties,
    (property) => saidOf(property).get('field'),
    (property) => snake(lineOf(property['name']) ?? '') || 'field',
  )
  const items = memberOf(element, 'items')
  const below = [...properties, ...(isObject(items) ? [items] : [])]
  return [...named, ...below.flatMap(namesOfProperties)]
}

function namesOfRules(table: Json): (readonly [Json, string])[] {
  const owners = [table, ...objectsIn(table['properties'])]
  const rules = owners.flatMap((owner) =>
    objectsIn(owner['quality'])
      .filter((item) => !isEnumeration(item))
      .map((item) => ({ item, owner: owner === table ? '' : ` ${String(owner['name'])}` })),
  )
  const ownerOf = new Map(rules.map(({ item, owner }) => [item, owner]))
  return unique(
    rules.map(({ item }) => item),
    (item) => saidOf(item).get('rule'),
    (item) =>
      snake(lineOf(item['name']) ?? `${lineOf(item['metric']) ?? 'rule'}${ownerOf.get(item) ?? ''}`) ||
      'rule',
  )
}

/** What was said counts; the others get numbers where they would be the same. */
function unique(
  items: readonly Json[],
  said: (item: Json) => unknown,
  suggested: (item: Json) => string,
): (readonly [Json, string])[] {
  const names = new Map<Json, string>()
  const taken = new Set<string>()
  for (const item of items) {
    const name = said(item)
    if (typeof name !== 'string' || !NAME.test(name) || taken.has(name)) continue
    names.set(item, name)
    taken.add(name)
  }
  // Who is called so already comes before those whose name has to be changed.
  const [asIs, changed] = [true, false].map((is) =>
    items.filter((item) => !names.has(item) && (item['name'] === suggested(item)) === is),
  )
  for (const item of [...(asIs ?? []), ...(changed ?? [])]) {
    const name = free(suggested(item), taken)
    names.set(item, name)
    taken.add(name)
  }
  return [...names]
}

function free(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name
  for (let n = 2; ; n++) {
    const numbered = `${name.slice(0, 56)}_${n}`
    if (!taken.has(numbered)) return numbered
  }
}

/** `DataValue`, `data value` and `UniqueID` as `data_value`, `data_value` and `unique_id`. */
function snake(text: string): string {
  if (NAME.test(text)) return text
  const words = text
    .slice(0, 200)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
  const name = words === '' || NAME.test(words.slice(0, 63)) ? words : `field_${words}`
  return name.slice(0, 63).replace(/_+$/, '')
}
