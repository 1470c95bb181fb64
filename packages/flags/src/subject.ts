/** Where a subject's entry is: its place among the pages and its tag within one. */
import { utf8 } from './bytes.ts'
import { encodeE64 } from './e64.ts'
import { FlagsError } from './errors.ts'
import type { FlagKeys } from './keys.ts'
import { MAX_BITS, MAX_SUBJECT_BYTES, MIN_BITS } from './limits.ts'

/** The address of a subject under one reader secret. */
export interface SubjectAddress {
  /** The top 12 bits of the subject's hash, 0 to 4,095. Independent of a head's `bits`: store this one. */
  readonly place: number
  /** 22 characters. */
  readonly tag: string
}

/** The address of a subject: `HMAC-SHA-256(K_subject, subject)`. Throws `subject_invalid`. */
export async function addressOf(keys: FlagKeys, subject: string): Promise<SubjectAddress> {
  checkSubject(subject)
  const digest = new Uint8Array(await crypto.subtle.sign('HMAC', keys.subject, utf8(subject)))
  const place = new DataView(digest.buffer).getUint16(0) >> (16 - MAX_BITS)
  return { place, tag: encodeE64(digest.subarray(16)) }
}

/** The slot of a place in an index of 2^bits pages. Throws `slot_invalid` when bits is not 4 to 12. */
export function slotOf(place: number, bits: number): number {
  checkBits(bits)
  return place >> (MAX_BITS - bits)
}

/**
 * The places that a slot covers, both ends included: the entries of a page are `place BETWEEN first AND last`.
 * Throws `slot_invalid` when bits is not 4 to 12.
 */
export function placesOf(slot: number, bits: number): { readonly first: number; readonly last: number } {
  checkBits(bits)
  const width = 2 ** (MAX_BITS - bits)
  return { first: slot * width, last: (slot + 1) * width - 1 }
}

/** Refuses subjects that two writers could spell differently or that are too long. Throws `subject_invalid`. */
export function checkSubject(subject: string): void {
  if (isHashable(subject)) return
  throw new FlagsError(
    'subject_invalid',
    `A subject is a well-formed text of 1 to ${MAX_SUBJECT_BYTES} bytes in UTF-8; pass the id as it is stored`,
  )
}

/** Whether a text may be hashed with a key: well-formed, 1 to 256 bytes. Never normalised. */
export function isHashable(text: string): boolean {
  return text.length > 0 && text.isWellFormed() && utf8(text).length <= MAX_SUBJECT_BYTES
}

/** Throws `slot_invalid` when bits is not an integer from 4 to 12. */
export function checkBits(bits: number): void {
  if (Number.isInteger(bits) && bits >= MIN_BITS && bits <= MAX_BITS) return
  throw new FlagsError('slot_invalid', `bits is ${bits}: an index has ${MIN_BITS} to ${MAX_BITS} bits`)
}
