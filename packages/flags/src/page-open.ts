/** Reading a page: check its hash, decrypt it, find one subject's line. */
import { concat, equalBytes, fromUtf8, sha256, uint16, utf8, type Bytes } from './bytes.ts'
import { parseEntry, type FlagEntry } from './entry.ts'
import type { FlagKeys } from './keys.ts'
import { MAX_PAGE_BYTES, NONCE_BYTES, PAGE_MAGIC } from './limits.ts'

/** A verified page's text, or why there is none. */
export type OpenedPage =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly cause: 'page_hash' | 'page_decrypt' | 'page_malformed' }

/** One subject's line: its entry, proved absence (null), or a line that is no entry. */
export type FoundEntry =
  | { readonly ok: true; readonly entry: FlagEntry | null }
  | { readonly ok: false; readonly cause: 'page_malformed' }

/**
 * Opens the page of a slot in the order of the format: size, hash against the signed index, decryption, shape.
 * Nothing of a page whose hash differs is looked at.
 */
export async function openPage(
  keys: FlagKeys,
  slot: number,
  hash: Uint8Array,
  value: Bytes,
): Promise<OpenedPage> {
  if (value.length > MAX_PAGE_BYTES) return { ok: false, cause: 'page_malformed' }
  if (!equalBytes(await sha256(value), hash)) return { ok: false, cause: 'page_hash' }
  const magic = utf8(PAGE_MAGIC)
  if (!equalBytes(value.subarray(0, magic.length), magic)) return { ok: false, cause: 'page_malformed' }
  const plaintext = await decrypt(keys, slot, value.subarray(magic.length))
  if (plaintext === null) return { ok: false, cause: 'page_decrypt' }
  const text = fromUtf8(plaintext)
  if (text === null || !text.startsWith(`${slot} `) || !/^\d+ [1-9]\d*\n/.test(text) || !text.endsWith('\n'))
    return { ok: false, cause: 'page_malformed' }
  return { ok: true, text }
}

/**
 * The entry of a tag in an opened page. Only its line is parsed: JSON holds no raw line break, so that no entry
 * can contain what looks like another's line.
 */
export function findEntry(text: string, tag: string): FoundEntry {
  const mark = `\n${tag} `
  const at = text.indexOf(mark)
  if (at === -1) return { ok: true, entry: null }
  const start = at + mark.length
  const entry = parseEntry(text.slice(start, text.indexOf('\n', start)))
  return entry === null ? { ok: false, cause: 'page_malformed' } : { ok: true, entry }
}

/** What a page's encryption is bound to: audience, secret and slot. */
export function pageContext(keys: FlagKeys, slot: number): Bytes {
  return concat(utf8(`${keys.aud}\0${keys.sid}\0`), uint16(slot))
}

async function decrypt(keys: FlagKeys, slot: number, sealed: Bytes): Promise<Uint8Array | null> {
  const algorithm = {
    name: 'AES-GCM',
    iv: sealed.subarray(0, NONCE_BYTES),
    additionalData: pageContext(keys, slot),
  }
  try {
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, keys.page, sealed.subarray(NONCE_BYTES)))
  } catch {
    return null
  }
}
