/** An entry: what a flag set says about one subject. */

/** Any JSON value, deeply readonly. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [member: string]: JsonValue }

/** One subject's record: a JSON object of at most 4,096 bytes. It holds timestamps, never ages. */
export type FlagEntry = { readonly [member: string]: JsonValue }

/** The entry in a verified page's line, frozen because readers share it; null if it is no JSON object. */
export function parseEntry(json: string): FlagEntry | null {
  try {
    const value: unknown = JSON.parse(json, (_member, part: unknown) => Object.freeze(part))
    // JSON.parse yields JSON values only, and the check leaves objects.
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as FlagEntry) : null
  } catch {
    return null
  }
}
