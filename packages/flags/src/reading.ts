/** What a reader answers: five states, their causes, and the evidence behind them. */
import type { Breach, ContractRef, ModelRef } from './claims.ts'
import type { FlagEntry } from './entry.ts'

/** Verified content that is not good enough to rely on. The first that applies, in this order. */
export type StaleCause = 'head_old' | 'gate_closed' | 'data_old'

/** Somebody wrote what the product did not sign, or the product signed what a reader must refuse. */
export type UntrustedCause = (typeof UNTRUSTED_CAUSES)[number]

/** There is nothing to judge. */
export type UnavailableCause =
  | 'head_missing'
  | 'head_expired'
  | 'page_missing'
  | 'secret_unknown'
  | 'timeout'
  | 'kv_error'

/** A cause, or something noticed on the way to an answer. */
export type FlagEventCode = UntrustedCause | UnavailableCause | 'head_older' | 'storage_error'

const UNTRUSTED_CAUSES = [
  'head_malformed',
  'head_key',
  'head_signature',
  'head_audience',
  'head_key_window',
  'head_future',
  'head_lifetime',
  'head_equivocation',
  'index_hash',
  'page_hash',
  'page_decrypt',
  'page_malformed',
] as const

/** What the reader saw besides its answer. It is told once per look at KV, not once per read. */
export interface FlagEvent {
  readonly code: FlagEventCode
  /** alarm: somebody should look now. warning: count it. notice: expected now and then. */
  readonly severity: 'alarm' | 'warning' | 'notice'
  readonly atMs: number
  /** With head_older: how far the head in KV is behind the remembered one. */
  readonly gapMs?: number
  /** With a page's code. */
  readonly page?: string
}

/** What an answer rests on. Times are Unix ms. */
export interface FlagEvidence {
  /** The head's epoch; with `via: 'prev'` that of the head before. */
  readonly epoch: number
  readonly kid: string
  readonly sid: string
  /** The reader's clock minus `epoch`. */
  readonly ageMs: number
  readonly watermark: number | null
  /** By input product. Empty with `via: 'prev'`, whose inputs' watermarks the head does not keep. */
  readonly watermarks: Readonly<Record<string, number | null>>
  readonly contract: ContractRef
  readonly model: ModelRef | null
  readonly breaches: readonly Breach[]
  /** Name of the page that holds the answer; null for an empty slot. */
  readonly page: string | null
  /** prev: the head's own page is missing or late, and the page before answers. */
  readonly via: 'head' | 'prev'
  readonly events: readonly FlagEventCode[]
}

/** Evidence of an answer without content: whatever was verified before it failed. */
export type PartialEvidence = Partial<FlagEvidence> & Pick<FlagEvidence, 'events'>

/** The subject has an entry; head fresh, gate open, data within the promised lag. */
export interface KnownReading {
  readonly state: 'known'
  readonly entry: FlagEntry
  readonly evidence: FlagEvidence
}

/** Proved that the subject has no entry. Not "no risk": nothing is known about it. */
export interface UnknownReading {
  readonly state: 'unknown'
  readonly evidence: FlagEvidence
}

/** A verified entry, or verified absence (null), that is older than promised or whose gate is closed. */
export interface StaleReading {
  readonly state: 'stale'
  readonly entry: FlagEntry | null
  readonly cause: StaleCause
  readonly evidence: FlagEvidence
}

/** Ignore the flags, raise an alarm, use the static policy. */
export interface UntrustedReading {
  readonly state: 'untrusted'
  readonly cause: UntrustedCause
  readonly evidence: PartialEvidence
}

/** No flag to be had: use the static policy, count it. */
export interface UnavailableReading {
  readonly state: 'unavailable'
  readonly cause: UnavailableCause
  readonly evidence: PartialEvidence
}

/** The answer about one subject. Only `known` and `unknown` may be relied on. */
export type FlagReading = KnownReading | UnknownReading | StaleReading | UntrustedReading | UnavailableReading

/** Whether a code says that somebody tampered, as opposed to something being away. */
export function isUntrusted(code: FlagEventCode): code is UntrustedCause {
  return (UNTRUSTED_CAUSES as readonly string[]).includes(code)
}
