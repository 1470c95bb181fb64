/** Keyed hashes of values inside entries, such as the addresses that a customer has used before. */
import { utf8 } from './bytes.ts'
import { encodeE64 } from './e64.ts'
import { FlagsError } from './errors.ts'
import type { FlagKeys } from './keys.ts'
import { isHashable } from './subject.ts'

const HASH_LENGTH_BYTES = 16

/**
 * The keyed hash of a value, 22 characters: e64 of the first 16 bytes of `HMAC-SHA-256(K, value)`, where K is
 * derived like the other keys with the label `value/<label>`. The publisher puts it into an entry, the reader
 * compares the value in its hand; the entry itself names nobody's address.
 *
 * `label` is the kind of value (`[a-z][a-z0-9_]*`, at most 32 characters), so that equal ids of two kinds
 * differ. `value`: well-formed, 1 to 256 bytes. Throws `value_invalid`.
 */
export async function keyedHash(keys: FlagKeys, label: string, value: string): Promise<string> {
  if (!/^[a-z][a-z0-9_]{0,31}$/.test(label) || !isHashable(value))
    throw new FlagsError(
      'value_invalid',
      `Cannot hash this ${label}: it needs a short label and 1 to 256 bytes of text`,
    )
  const digest = await crypto.subtle.sign('HMAC', await keys.value(label), utf8(value))
  return encodeE64(new Uint8Array(digest, 0, HASH_LENGTH_BYTES))
}
