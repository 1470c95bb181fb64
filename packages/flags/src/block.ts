/**
 * The block behind a head's signature: INDEX, the hash of every page of one moment, and DIFF, the hashes that
 * changed since the head named as `prev`.
 */
import { concat, equalBytes, uint16, utf8, type Bytes } from './bytes.ts'
import { decodeE64, encodeE64 } from './e64.ts'
import { FlagsError } from './errors.ts'
import { DIFF_RECORD_BYTES, HASH_BYTES, INDEX_MAGIC } from './limits.ts'
import { checkBits } from './subject.ts'

/** A block taken apart; both are views of the same memory. */
export interface Block {
  /** 32 bytes a slot. 32 zero bytes: the slot is empty. */
  readonly index: Bytes
  /** 34 bytes a changed slot: slot(2) and that slot's hash under `prev`, ascending. */
  readonly diff: Bytes
}

/** What an index says about one slot. */
export interface SlotHash {
  readonly hash: Bytes
  /** The page's name, or null for an empty slot. */
  readonly name: string | null
}

/** A page's place in an index. */
export interface PlacedPage {
  readonly slot: number
  readonly name: string
}

/** INDEX of 2^bits slots; slots that no page names are empty. Throws `slot_invalid`, `head_invalid`. */
export function buildIndex(bits: number, pages: Iterable<PlacedPage>): Bytes {
  checkBits(bits)
  const index = new Uint8Array(HASH_BYTES * 2 ** bits)
  for (const { slot, name } of pages) {
    const hash = decodeE64(name)
    if (hash?.length !== HASH_BYTES) throw new FlagsError('head_invalid', `"${name}" is no name of a page`)
    if (!Number.isInteger(slot) || slot < 0 || slot >= 2 ** bits)
      throw new FlagsError('slot_invalid', `Slot ${slot} is not in an index of ${bits} bits`)
    index.set(hash, slot * HASH_BYTES)
  }
  return index
}

/** DIFF between an index and the one before it; both have the same bits. */
export function buildDiff(index: Bytes, before: Bytes): Bytes {
  const records: Bytes[] = []
  for (let slot = 0; slot * HASH_BYTES < index.length; slot++) {
    const old = hashAt(before, slot)
    if (!equalBytes(hashAt(index, slot), old)) records.push(concat(uint16(slot), old))
  }
  return concat(...records)
}

/** The bytes of a block, which `root` is the hash of. */
export function encodeBlock(block: Block): Bytes {
  return concat(utf8(INDEX_MAGIC), block.index, block.diff)
}

/** Takes a block apart by its length; null if it cannot be a block of these bits. Not yet verified. */
export function splitBlock(bytes: Bytes, bits: number): Block | null {
  const magic = utf8(INDEX_MAGIC)
  const diffAt = magic.length + HASH_BYTES * 2 ** bits
  const fits = bytes.length >= diffAt && (bytes.length - diffAt) % DIFF_RECORD_BYTES === 0
  if (!fits || !equalBytes(bytes.subarray(0, magic.length), magic)) return null
  return { index: bytes.subarray(magic.length, diffAt), diff: bytes.subarray(diffAt) }
}

/** What the index says about a slot. */
export function slotInIndex(block: Block, slot: number): SlotHash {
  return slotHash(hashAt(block.index, slot))
}

/** What the slot was under `prev`, or null when it has not changed since. */
export function slotInDiff(block: Block, slot: number): SlotHash | null {
  const wanted = uint16(slot)
  for (let at = 0; at < block.diff.length; at += DIFF_RECORD_BYTES)
    if (equalBytes(block.diff.subarray(at, at + 2), wanted))
      return slotHash(block.diff.subarray(at + 2, at + DIFF_RECORD_BYTES))
  return null
}

/** Names of all pages in INDEX and DIFF, each once: what KV must hold for this block. */
export function namesInBlock(block: Block): string[] {
  const names = new Set<string>()
  for (let at = 0; at < block.index.length; at += HASH_BYTES) {
    const { name } = slotHash(block.index.subarray(at, at + HASH_BYTES))
    if (name !== null) names.add(name)
  }
  for (let at = 2; at < block.diff.length; at += DIFF_RECORD_BYTES) {
    const { name } = slotHash(block.diff.subarray(at, at + HASH_BYTES))
    if (name !== null) names.add(name)
  }
  return [...names]
}

function hashAt(index: Bytes, slot: number): Bytes {
  return index.subarray(slot * HASH_BYTES, (slot + 1) * HASH_BYTES)
}

function slotHash(hash: Bytes): SlotHash {
  return { hash, name: hash.every((byte) => byte === 0) ? null : encodeE64(hash) }
}
