/** Writing a page: entries in, an encrypted value and its name out. Equal content gives equal bytes. */
import { canonicalJson } from './canonical-json.ts'
import { concat, utf8, type Bytes } from './bytes.ts'
import type { FlagEntry } from './entry.ts'
import { FlagsError } from './errors.ts'
import type { FlagKeys } from './keys.ts'
import { MAX_BITS, MAX_ENTRY_BYTES, MAX_PAGE_BYTES, NONCE_BYTES, PAGE_MAGIC } from './limits.ts'
import { pageName } from './names.ts'
import { pageContext } from './page-open.ts'

/** One line of a page: the subject's tag (22 characters) and what `encodeEntry` made of its entry. */
export interface PageLine {
  readonly tag: string
  readonly json: string
}

/** A page as the steward puts it. */
export interface Page {
  readonly slot: number
  /** e64 of the SHA-256 of the value, 43 characters. */
  readonly name: string
  readonly value: Bytes
}

/**
 * The text of an entry as pages hold it (RFC 8785). Throws `entry_invalid` for what is no JSON object and
 * `entry_too_large` above 4,096 bytes.
 */
export function encodeEntry(entry: FlagEntry): string {
  const json = canonicalJson(entry)
  if (!json.startsWith('{')) throw new FlagsError('entry_invalid', 'An entry is a JSON object')
  const length = utf8(json).length
  if (length <= MAX_ENTRY_BYTES) return json
  throw new FlagsError(
    'entry_too_large',
    `The entry has ${length} bytes, more than ${MAX_ENTRY_BYTES}: publish fewer or shorter members`,
  )
}

/**
 * The page of a slot, or null for no lines: an empty slot has no page. Lines may come in any order.
 * Throws `slot_invalid`, `entry_invalid` (a tag twice or of the wrong form, a line break in the json) and
 * `page_too_large` above 262,144 bytes (double the pages: bits + 1).
 */
export async function encodePage(
  keys: FlagKeys,
  slot: number,
  lines: readonly PageLine[],
): Promise<Page | null> {
  if (!Number.isInteger(slot) || slot < 0 || slot >= 2 ** MAX_BITS)
    throw new FlagsError('slot_invalid', `Slot ${slot} is not an integer from 0 to ${2 ** MAX_BITS - 1}`)
  if (lines.length === 0) return null
  const plaintext = utf8(plaintextOf(slot, lines))
  const context = pageContext(keys, slot)
  const nonce = await nonceOf(keys, context, plaintext)
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: nonce, additionalData: context },
    keys.page,
    plaintext,
  )
  const value = concat(utf8(PAGE_MAGIC), nonce, new Uint8Array(sealed))
  if (value.length > MAX_PAGE_BYTES)
    throw new FlagsError(
      'page_too_large',
      `The page of slot ${slot} has ${value.length} bytes, more than ${MAX_PAGE_BYTES}: use more index bits`,
    )
  return { slot, name: await pageName(value), value }
}

function plaintextOf(slot: number, lines: readonly PageLine[]): string {
  const sorted = lines.toSorted((a, b) => (a.tag < b.tag ? -1 : 1))
  for (const [at, line] of sorted.entries()) {
    if (!/^[\w-]{22}$/.test(line.tag) || line.tag === sorted[at - 1]?.tag)
      throw new FlagsError(
        'entry_invalid',
        `Tag "${line.tag}" has the wrong form or comes twice in slot ${slot}`,
      )
    if (!line.json.startsWith('{') || line.json.includes('\n'))
      throw new FlagsError(
        'entry_invalid',
        `The json of tag "${line.tag}" is no line: make it with encodeEntry`,
      )
  }
  return `${slot} ${lines.length}\n${sorted.map((line) => `${line.tag} ${line.json}\n`).join('')}`
}

// A nonce from the content: no state to lose, and it repeats only where the whole page repeats.
async function nonceOf(keys: FlagKeys, context: Bytes, plaintext: Bytes): Promise<Bytes> {
  const mac = await crypto.subtle.sign('HMAC', keys.nonce, concat(context, plaintext))
  return new Uint8Array(mac, 0, NONCE_BYTES)
}
