/** Canonical JSON (RFC 8785): equal content gives equal bytes. */
import type { JsonValue } from './entry.ts'
import { FlagsError } from './errors.ts'

/**
 * RFC 8785 text of a JSON value: members in the order of their UTF-16 code units, numbers and strings as
 * ECMAScript writes them. Throws `entry_invalid` for what JSON cannot hold: NaN, infinities, undefined, lone
 * surrogates, anything but plain objects, arrays and primitives.
 */
export function canonicalJson(value: JsonValue): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value)
  if (typeof value === 'string' && value.isWellFormed()) return JSON.stringify(value)
  if (isArray(value)) return `[${Array.from(value, canonicalJson).join(',')}]`
  if (isPlainObject(value)) {
    const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
    return `{${members.map(([name, member]) => `${canonicalJson(name)}:${canonicalJson(member)}`).join(',')}}`
  }
  throw new FlagsError(
    'entry_invalid',
    `JSON cannot hold ${describe(value)}: use null or leave the member out`,
  )
}

// Array.isArray does not narrow readonly arrays.
function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}

function isPlainObject(value: unknown): value is { readonly [member: string]: JsonValue } {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function describe(value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return 'a text with a lone surrogate'
  return typeof value === 'object' ? 'this object, which is not plain' : `a value of type ${typeof value}`
}
