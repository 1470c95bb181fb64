/**
 * The head that a reader goes by: looked up in KV, verified, remembered, never exchanged for an older one.
 */
import { equalBytes, type Bytes } from './bytes.ts'
import { createFlights, type WaitLimit } from './flights.ts'
import { getBytes, type FlagKv } from './kv.ts'
import { headKey } from './names.ts'
import {
  isUntrusted,
  type FlagEvent,
  type FlagEventCode,
  type UnavailableCause,
  type UntrustedCause,
} from './reading.ts'
import { verifyHead, type VerifiedHead, type Verifier } from './verify-head.ts'

/** Where a reader may keep the last head beyond its isolate's life. What it loads is verified again. */
export interface HeadStorage {
  load(): Promise<ArrayBuffer | null>
  save(head: Uint8Array): Promise<void>
}

/** What a keeper works with; all but the storage required. */
export interface HeadKeeperOptions {
  readonly kv: FlagKv
  readonly verifier: Verifier
  readonly now: () => number
  readonly limit: WaitLimit
  readonly storage: HeadStorage | null
  readonly waitUntil: (work: Promise<unknown>) => void
  readonly emit: (event: FlagEvent) => void
}

/** The head to go by, or why there is none. `problem`: what the last look at KV found wrong. */
export type HeadView =
  | { readonly head: VerifiedHead; readonly problem: FlagEventCode | null }
  | { readonly head: null; readonly cause: UntrustedCause | UnavailableCause }

/** See `createHeadKeeper`. */
export interface HeadKeeper {
  current(): Promise<HeadView>
}

/** A look at KV is good for this long. */
const MEMO_MS = 5_000
/** Up to this age of the last look a fresh head is used while the next look runs in the background. */
const BACKGROUND_MS = 30_000
/** How long the head in KV may be behind the remembered one before that is more than KV's own delay. */
const OLDER_ALARM_MS = 180_000
const HEAD_CACHE_SECONDS = 30

/** Makes a keeper. It does nothing until it is asked. */
export function createHeadKeeper(options: HeadKeeperOptions): HeadKeeper {
  const { kv, verifier, now, storage, waitUntil, emit } = options
  const flights = createFlights<void>(options.limit)
  let remembered: VerifiedHead | null = null
  let problem: FlagEventCode | null = null
  let lookedAtMs = -Infinity
  let triedAtMs = -Infinity
  let isLoaded = storage === null

  return {
    async current() {
      const nowMs = now()
      if (!isRecent(nowMs, lookedAtMs, MEMO_MS)) {
        const isFresh = remembered !== null && nowMs < remembered.claims.fresh_until
        const isUsable = remembered !== null && nowMs < remembered.claims.expires
        // While KV hangs, only one read in five seconds waits for it.
        const mayWait = !isUsable || !isRecent(nowMs, triedAtMs, MEMO_MS)
        if (isFresh && isRecent(nowMs, lookedAtMs, BACKGROUND_MS)) waitUntil(look())
        else if (mayWait) await look()
      }
      return view()
    },
  }

  function view(): HeadView {
    const nowMs = now()
    if (remembered !== null && nowMs < remembered.claims.fresh_until) return { head: remembered, problem }
    if (problem !== null && isUntrusted(problem)) return { head: null, cause: problem }
    if (remembered !== null && nowMs < remembered.claims.expires) return { head: remembered, problem }
    if (problem === null || problem === 'head_older' || problem === 'storage_error')
      return { head: null, cause: 'head_expired' }
    return { head: null, cause: problem }
  }

  async function look(): Promise<void> {
    const landed = await flights.run('head', async () => {
      await load()
      const value = await getBytes(kv, headKey(verifier.aud), HEAD_CACHE_SECONDS)
      if (value === 'kv_error') note('kv_error')
      else await consider(value)
    })
    triedAtMs = now()
    if (landed.late) note('timeout')
  }

  async function consider(value: Bytes | null): Promise<void> {
    const cause = value === null ? 'head_missing' : await admit(value)
    // Only what KV really showed is worth five seconds; after an error or a delay the next read asks again.
    lookedAtMs = now()
    if (cause === null) problem = null
    else if (cause !== 'head_older') note(cause)
  }

  /** Steps 1 to 12. Takes the head over, or says why not. */
  async function admit(value: Bytes): Promise<FlagEventCode | null> {
    if (remembered !== null && equalBytes(remembered.value, value)) return null
    const checked = await verifyHead(value, verifier, now())
    if (!checked.ok) return checked.cause
    const { head } = checked
    if (now() >= head.claims.expires) return 'head_expired'
    // Nothing is awaited between here and the assignment: a slower look cannot undo a newer one.
    const gapMs = remembered === null ? -1 : remembered.claims.epoch - head.claims.epoch
    if (gapMs === 0) return 'head_equivocation'
    if (gapMs > 0) {
      note('head_older', gapMs)
      return 'head_older'
    }
    remembered = head
    if (storage !== null) waitUntil(save(storage, head))
    return null
  }

  /** The stored head counts even when it has expired: its epoch still forbids older ones. */
  async function load(): Promise<void> {
    if (storage === null || isLoaded) return
    isLoaded = true
    try {
      const value = await storage.load()
      const checked = value && (await verifyHead(new Uint8Array(value), verifier, now()))
      if (checked?.ok === true) remembered = checked.head
      else if (checked?.ok === false) note('storage_error')
    } catch {
      note('storage_error')
    }
  }

  async function save(into: HeadStorage, head: VerifiedHead): Promise<void> {
    try {
      await into.save(head.value)
    } catch {
      note('storage_error')
    }
  }

  function note(code: FlagEventCode, gapMs?: number): void {
    // A storage that fails says nothing about the head in KV.
    if (code !== 'storage_error') problem = code
    const severity = severityOf(code, gapMs)
    emit({ code, severity, atMs: now(), ...(gapMs === undefined ? {} : { gapMs }) })
  }
}

// A clock that went back proves nothing about an age.
function isRecent(nowMs: number, thenMs: number, limitMs: number): boolean {
  return nowMs >= thenMs && nowMs - thenMs < limitMs
}

function severityOf(code: FlagEventCode, gapMs = 0): FlagEvent['severity'] {
  if (code === 'head_older') return gapMs > OLDER_ALARM_MS ? 'alarm' : 'notice'
  return isUntrusted(code) ? 'alarm' : 'warning'
}
