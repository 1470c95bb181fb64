/**
 * The steward as witness: a head in KV whose signature is valid but which the product never logged was made
 * with a stolen key. Readers cannot see that; who holds the product's log can.
 */
import type { Bytes } from './bytes.ts'
import { getBytes, type FlagKv } from './kv.ts'
import { headKey } from './names.ts'
import { preparePins, type FlagPin } from './pins.ts'
import type { UnavailableCause, UntrustedCause } from './reading.ts'
import { headFingerprint } from './sign-head.ts'
import { authenticateHead, verifyBlock } from './verify-head.ts'

/** What the witness needs: public keys and the product's log, no secret. */
export interface WitnessOptions {
  readonly kv: FlagKv
  readonly aud: string
  readonly pins: readonly FlagPin[]
  readonly nowMs: number
  /** Whether the product's log holds a head with this fingerprint (see `headFingerprint`). */
  readonly isLogged: (fingerprint: string) => Promise<boolean>
}

/** What the witness saw. */
export type Testimony =
  /** The product's own head. */
  | { readonly verdict: 'logged'; readonly epoch: number }
  /** Validly signed, not expired, and not the product's: switch keys now. */
  | {
      readonly verdict: 'stolen_key'
      readonly epoch: number
      readonly kid: string
      readonly fingerprint: string
    }
  /** Readers refuse it or there is none: put the newest committed head again. Alarm for all but an absent one. */
  | { readonly verdict: 'bad'; readonly cause: UntrustedCause | UnavailableCause }

/** Looks at the head in KV. Throws `pins_invalid`; rejects when the log does not answer. */
export async function witnessHead(options: WitnessOptions): Promise<Testimony> {
  const { kv, aud, isLogged, nowMs } = options
  const value = await getBytes(kv, headKey(aud), CACHE_SECONDS)
  if (value === 'kv_error') return { verdict: 'bad', cause: 'kv_error' }
  if (value === null) return { verdict: 'bad', cause: 'head_missing' }
  const authentic = await authenticateHead(value, { aud, pins: preparePins(options.pins) })
  if (!authentic.ok) return { verdict: 'bad', cause: authentic.cause }
  return compare(value, authentic.head, isLogged, nowMs)
}

const CACHE_SECONDS = 30

async function compare(
  value: Bytes,
  { claims, pin, envelope }: Extract<Awaited<ReturnType<typeof authenticateHead>>, { ok: true }>['head'],
  isLogged: WitnessOptions['isLogged'],
  nowMs: number,
): Promise<Testimony> {
  const fingerprint = await headFingerprint(value)
  if (!(await isLogged(fingerprint))) {
    // A log may forget heads that nobody accepts any more; an old copy of one is no sign of a stolen key.
    return nowMs < claims.expires
      ? { verdict: 'stolen_key', epoch: claims.epoch, kid: pin.kid, fingerprint }
      : { verdict: 'bad', cause: 'head_expired' }
  }
  if ((await verifyBlock(envelope.block, claims)) === null) return { verdict: 'bad', cause: 'index_hash' }
  return { verdict: 'logged', epoch: claims.epoch }
}
