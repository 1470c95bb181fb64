/**
 * What ODCS has no word for is said in custom properties whose names begin with `meshloop.`; what another member of the
 * document already says is not said again.
 */
import { isObject, memberOf, objectsIn, type Json } from './json.ts'

const PREFIX = 'meshloop.'

/** What we said of an element, by name without the prefix. `null` says that there is none. */
export type Said = ReadonlyMap<string, unknown>

/** Reads what we said of an element. */
export const saidOf = (element: unknown): Said =>
  new Map(
    objectsIn(memberOf(element, 'customProperties'))
      .filter(isSaid)
      .map((item) => [String(item['property']).slice(PREFIX.length), item['value']]),
  )

/** Whether a custom property is one of ours. */
export const isSaid = (item: unknown): boolean =>
  isObject(item) && typeof item['property'] === 'string' && item['property'].startsWith(PREFIX)

/** One custom property of ours. */
export const say = (name: string, value: unknown): Json => ({ property: PREFIX + name, value })

/** The element with more custom properties. */
export const withSaid = (element: Json, more: readonly Json[]): Json =>
  more.length === 0
    ? element
    : { ...element, customProperties: [...objectsIn(element['customProperties']), ...more] }

/** The element without what we said under this name, and without the list if nothing else is in it. */
export function withoutSaid(element: Json, name: string): Json {
  const { customProperties, ...rest } = element
  const left = objectsIn(customProperties).filter((item) => item['property'] !== PREFIX + name)
  return left.length === 0 ? rest : { ...element, customProperties: left }
}
