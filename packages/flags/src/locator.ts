/** From a verified head to one subject's line: through the page that the head names, else the one before. */
import { slotInDiff, slotInIndex, type SlotHash } from './block.ts'
import type { FlagEntry } from './entry.ts'
import type { FlagKeys } from './keys.ts'
import { findEntry } from './page-open.ts'
import type { PageKeeper } from './page-keeper.ts'
import {
  isUntrusted,
  type FlagEvent,
  type FlagEventCode,
  type UnavailableCause,
  type UntrustedCause,
} from './reading.ts'
import { addressOf, slotOf } from './subject.ts'
import type { VerifiedHead } from './verify-head.ts'

/** A subject's entry or proved absence (null), or why neither can be had. */
export type Located =
  | {
      readonly ok: true
      readonly entry: FlagEntry | null
      /** Name of the page; null for an empty slot. */
      readonly page: string | null
      readonly via: 'head' | 'prev'
      readonly events: readonly FlagEventCode[]
    }
  | {
      readonly ok: false
      readonly cause: UntrustedCause | UnavailableCause
      readonly page: string | null
      readonly events: readonly FlagEventCode[]
    }

/** What a locator works with. */
export interface LocatorOptions {
  readonly pages: PageKeeper
  /** The keys of a head's secret; the head was admitted, so the secret is at hand. */
  readonly keysOf: (sid: string) => Promise<FlagKeys>
  readonly now: () => number
  readonly emit: (event: FlagEvent) => void
}

/** See `createLocator`. */
export interface Locator {
  locate(head: VerifiedHead, subject: string): Promise<Located>
}

const MAX_RESULTS = 10_000

/** Makes a locator. It remembers up to 10,000 results of the newest head. */
export function createLocator({ pages, keysOf, now, emit }: LocatorOptions): Locator {
  const results = new Map<string, Located>()
  let resultsOf: VerifiedHead | null = null

  return {
    async locate(head, subject) {
      const known = resultsOf === head ? results.get(subject) : undefined
      const located = known ?? (await find(head, subject))
      if (located.ok && located.via === 'head') remember(head, subject, located)
      return located
    },
  }

  async function find(head: VerifiedHead, subject: string): Promise<Located> {
    const keys = await keysOf(head.claims.sid)
    const { place, tag } = await addressOf(keys, subject)
    const slot = slotOf(place, head.claims.bits)
    const current = await findIn(keys, slot, tag, slotInIndex(head.block, slot), 'head')
    if (current.ok) return current
    tell(current)
    const before = mayFallBack(head, current.cause) ? slotInDiff(head.block, slot) : null
    if (before === null) return current
    const previous = await findIn(keys, slot, tag, before, 'prev')
    if (!previous.ok) tell(previous)
    return { ...previous, events: [...current.events, ...previous.events] }
  }

  async function findIn(
    keys: FlagKeys,
    slot: number,
    tag: string,
    { hash, name }: SlotHash,
    via: 'head' | 'prev',
  ): Promise<Located> {
    if (name === null) return { ok: true, entry: null, page: null, via, events: [] }
    const page = await pages.page(keys, slot, { hash, name })
    const found = page.ok ? findEntry(page.text, tag) : page
    return found.ok
      ? { ok: true, entry: found.entry, page: name, via, events: [] }
      : { ok: false, cause: found.cause, page: name, events: [found.cause] }
  }

  // A wrong page is an attack or a fault and is named; a missing or late one may be KV's delay.
  function mayFallBack({ claims: { prev } }: VerifiedHead, cause: FlagEventCode): boolean {
    const isAway = cause === 'page_missing' || cause === 'timeout'
    return isAway && prev !== undefined && prev.gate_open && now() < prev.fresh_until
  }

  function tell({ cause, page }: Located & { ok: false }): void {
    const severity = isUntrusted(cause) ? 'alarm' : 'warning'
    emit({ code: cause, severity, atMs: now(), ...(page === null ? {} : { page }) })
  }

  function remember(head: VerifiedHead, subject: string, located: Located): void {
    if (resultsOf !== head) results.clear()
    resultsOf = head
    results.set(subject, located)
    if (results.size > MAX_RESULTS) for (const oldest of results.keys()) return void results.delete(oldest)
  }
}
