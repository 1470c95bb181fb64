/** From what was found to a state. untrusted goes before unavailable, unavailable before stale. */
import type { HeadClaims } from './claims.ts'
import type { Located } from './locator.ts'
import {
  isUntrusted,
  type FlagEventCode,
  type FlagEvidence,
  type FlagReading,
  type PartialEvidence,
  type StaleCause,
  type UnavailableCause,
  type UntrustedCause,
} from './reading.ts'
import type { VerifiedHead } from './verify-head.ts'

/** The reading of a located subject. `problem`: what the last look at the head found wrong. */
export function judge(
  head: VerifiedHead,
  problem: FlagEventCode | null,
  located: Located,
  nowMs: number,
): FlagReading {
  const evidence = evidenceOf(head, problem, located, nowMs)
  if (!located.ok) return failedReading(located.cause, evidence)
  // The wait for a page may have outlasted the head.
  if (nowMs >= head.claims.expires) return failedReading('head_expired', evidence)
  const { entry } = located
  const cause = staleCause(head.claims, evidence.watermark, nowMs)
  if (cause !== null) return { state: 'stale', entry, cause, evidence }
  return entry === null ? { state: 'unknown', evidence } : { state: 'known', entry, evidence }
}

/** The reading without content. */
export function failedReading(
  cause: UntrustedCause | UnavailableCause,
  evidence: PartialEvidence,
): FlagReading {
  return isUntrusted(cause)
    ? { state: 'untrusted', cause, evidence }
    : { state: 'unavailable', cause, evidence }
}

function staleCause(claims: HeadClaims, watermark: number | null, nowMs: number): StaleCause | null {
  if (nowMs >= claims.fresh_until) return 'head_old'
  if (!claims.gate.open) return 'gate_closed'
  return watermark === null || nowMs - watermark > claims.lag_ms ? 'data_old' : null
}

function evidenceOf(
  { kid, claims }: VerifiedHead,
  problem: FlagEventCode | null,
  located: Located,
  nowMs: number,
): FlagEvidence {
  const via = located.ok ? located.via : 'head'
  const of = via === 'prev' && claims.prev !== undefined ? claims.prev : claims
  return {
    epoch: of.epoch,
    kid,
    sid: claims.sid,
    ageMs: nowMs - of.epoch,
    watermark: of.watermark,
    watermarks: via === 'prev' ? {} : claims.watermarks,
    contract: claims.contract,
    model: claims.model ?? null,
    breaches: claims.gate.breaches,
    page: located.page,
    via,
    events: problem === null ? located.events : [problem, ...located.events],
  }
}
