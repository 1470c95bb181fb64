/** Values of a document that somebody else wrote: what is looked at is checked first. */
import { canonicalJson } from '../../content/canonical.ts'

/** An object of a document. */
export type Json = Readonly<Record<string, unknown>>

/** Whether a value is an object with members. */
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The objects of a list; none where it is no list. */
export const objectsIn = (value: unknown): readonly Json[] =>
  Array.isArray(value) ? value.filter(isObject) : []

/** Whether a value is a list of objects. The empty list is one. */
export const isObjectList = (value: unknown): value is readonly Json[] =>
  Array.isArray(value) && value.every(isObject)

/** A member of an object, not one that every object inherits; undefined where there is none. */
export const memberOf = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined

/** A text that fits where a contract has a line; undefined for anything else. */
export const lineOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' && value.length <= 200 ? value : undefined

/** A text that fits where a contract has prose. A longer one is cut. */
export function proseOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined
  return value.length <= 4_000 ? value : `${value.slice(0, 3_999)}…`
}

/** Whether two values are the same JSON. */
export const same = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b)

/** The object without its undefined members. */
export const defined = (members: Json): Json =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
