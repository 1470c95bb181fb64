/** How long a key may be: it stands in addresses, in cursors, and many at a time in one bound value. */
import { MAX_KEY_BYTES } from '../limits.ts'
import { bytesOf } from './json-chunks.ts'

/** A character is six bytes in JSON at most, a number has fewer than this many. */
const CHARACTER_BYTES = 6
const NUMBER_BYTES = 24

/** Whether the parts of a key are longer than {@link MAX_KEY_BYTES} as a JSON array. */
export function isTooLongKey(parts: readonly unknown[]): boolean {
  // Hardly a key must be encoded to know that it fits.
  const most = parts.reduce<number>(
    (sum, part) => sum + (typeof part === 'string' ? part.length * CHARACTER_BYTES + 3 : NUMBER_BYTES),
    2,
  )
  return most > MAX_KEY_BYTES && bytesOf(JSON.stringify(parts)) > MAX_KEY_BYTES
}
