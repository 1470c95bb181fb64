/** Decrypted pages, kept by name: a page is immutable, so that what was verified once stays verified. */
import { createFlights, type WaitLimit } from './flights.ts'
import { getBytes, type FlagKv } from './kv.ts'
import type { FlagKeys } from './keys.ts'
import { pageKey } from './names.ts'
import { openPage } from './page-open.ts'
import type { SlotHash } from './block.ts'
import type { UnavailableCause, UntrustedCause } from './reading.ts'

/** A page's text, or why there is none. */
export type KeptPage =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly cause: UntrustedCause | UnavailableCause }

/** See `createPageKeeper`. */
export interface PageKeeper {
  /** The page that the index names for a slot. */
  page(keys: FlagKeys, slot: number, named: SlotHash & { readonly name: string }): Promise<KeptPage>
}

const MEMORY_BYTES = 8 * 1_024 * 1_024
const FIRST_CACHE_SECONDS = 3_600
const SECOND_CACHE_SECONDS = 30

/** Makes a keeper. `limit`: longest wait for a page, its second look included. */
export function createPageKeeper(kv: FlagKv, limit: WaitLimit): PageKeeper {
  const flights = createFlights<KeptPage>(limit)
  const texts = new Map<string, string>()
  let heldBytes = 0

  return {
    async page(keys, slot, named) {
      // Secret and slot are part of the identity: a page's encryption is bound to them.
      const id = `${keys.sid}/${slot}/${named.name}`
      const text = texts.get(id)
      if (text !== undefined) {
        touch(id, text)
        return { ok: true, text }
      }
      const landed = await flights.run(id, () => load(id, keys, slot, named))
      return landed.late ? { ok: false, cause: 'timeout' } : landed.value
    },
  }

  /** A location may have remembered that the page did not exist yet, or an attacker's copy: look twice. */
  async function load(
    id: string,
    keys: FlagKeys,
    slot: number,
    named: SlotHash & { name: string },
  ): Promise<KeptPage> {
    const first = await look(keys, slot, named, FIRST_CACHE_SECONDS)
    const isFinal = first.ok || first.cause === 'kv_error'
    const page = isFinal ? first : await look(keys, slot, named, SECOND_CACHE_SECONDS)
    if (page.ok) touch(id, page.text)
    return page
  }

  async function look(
    keys: FlagKeys,
    slot: number,
    { name, hash }: SlotHash & { name: string },
    cacheSeconds: number,
  ): Promise<KeptPage> {
    const value = await getBytes(kv, pageKey(keys.aud, name), cacheSeconds)
    if (value === 'kv_error') return { ok: false, cause: 'kv_error' }
    return value === null ? { ok: false, cause: 'page_missing' } : openPage(keys, slot, hash, value)
  }

  /** Puts a page last in line for eviction and makes room. */
  function touch(id: string, text: string): void {
    if (texts.delete(id)) heldBytes -= sizeOf(text)
    texts.set(id, text)
    heldBytes += sizeOf(text)
    for (const [oldest, dropped] of texts) {
      if (heldBytes <= MEMORY_BYTES) return
      texts.delete(oldest)
      heldBytes -= sizeOf(dropped)
    }
  }
}

// Two bytes a character at worst.
function sizeOf(text: string): number {
  return text.length * 2
}
