/**
 * Reading flags in an app: verify at the last metre, and tell "no risk", "unknown", "stale" and "tampered" apart.
 * No dependency; runs in workerd, Node and browsers.
 */
import { FlagsError } from './errors.ts'
import { systemTimer, type Timer } from './flights.ts'
import { createHeadKeeper, type HeadStorage } from './head-keeper.ts'
import { deriveFlagKeys, parseReaderSecret, type FlagKeys } from './keys.ts'
import { keyedHash } from './keyed-hash.ts'
import type { FlagKv } from './kv.ts'
import { checkAud } from './names.ts'
import { createLocator } from './locator.ts'
import { createPageKeeper } from './page-keeper.ts'
import { preparePins, type FlagPin } from './pins.ts'
import { failedReading, judge } from './judge.ts'
import type { FlagEvent, FlagReading } from './reading.ts'
import { checkSubject } from './subject.ts'

export type { Breach, ContractRef, ModelRef } from './claims.ts'
export type { FlagEntry, JsonValue } from './entry.ts'
export { FlagsError, type FlagsErrorCode } from './errors.ts'
export type { Timer } from './flights.ts'
export type { HeadStorage } from './head-keeper.ts'
export type { FlagKv } from './kv.ts'
export { parseFlagPins, type FlagPin } from './pins.ts'
export type * from './reading.ts'

/** What a reader needs. */
export interface FlagReaderOptions {
  /** The namespace, or another source of the same bytes. */
  readonly kv: FlagKv
  /** `<environment>/<product>/v<major>/<flag set>`. */
  readonly aud: string
  /** Trusted keys, from deployed configuration: at least one for `aud`, better the current and the next. */
  readonly pins: readonly FlagPin[]
  /** Reader secrets `<sid>.<e64 of 32 bytes>`: the current one, and the next while it is exchanged. */
  readonly secrets: readonly string[]
  /** Clock, Unix ms. Default: `Date.now`. */
  readonly now?: () => number
  /** Keeps the last head beyond the isolate, so that a cold one refuses older heads too. Default: none. */
  readonly storage?: HeadStorage
  /** Longest wait for the head, and again for a page. Default: 250 ms. */
  readonly getTimeoutMs?: number
  /** Timer of that wait. Default: `setTimeout`. */
  readonly timer?: Timer
  /** Told of everything unexpected, once per look at KV. It must not throw; if it does, that is ignored. */
  readonly onEvent?: (event: FlagEvent) => void
  /** Keeps background work alive after the response: on Workers, `waitUntil` of `cloudflare:workers`. */
  readonly waitUntil?: (work: Promise<unknown>) => void
}

/** Reads one flag set. Make one per isolate: it remembers the head, pages and results. */
export interface FlagReader {
  /** The answer about a subject. Rejects only with `subject_invalid`; everything else is a state. */
  read(subject: string): Promise<FlagReading>
  /** Brings a subject's page into memory, at sign-in or when the cart is opened, and answers nothing. */
  prefetch(subject: string): Promise<void>
  /**
   * The keyed hash of a value in the app's hand, to compare with hashes inside an entry. `sid`: from the
   * reading's evidence. Throws `value_invalid`, and `secret_invalid` for a sid that is not at hand.
   */
  keyedHash(value: { readonly sid: string; readonly label: string; readonly value: string }): Promise<string>
}

const DEFAULT_TIMEOUT_MS = 250

/**
 * Makes a reader. Throws `aud_invalid`, `pins_invalid` (also when no pin is for `aud`), `secret_invalid`.
 *
 * @example
 * const reader = createFlagReader({
 *   kv: env.FLAGS,
 *   aud: 'prod/risk.fraud/v1/checkout',
 *   pins: parseFlagPins(env.FLAGS_PINS),
 *   secrets: [env.FLAGS_SECRET],
 * })
 * const reading = await reader.read('cust_000042')
 */
export function createFlagReader(options: FlagReaderOptions): FlagReader {
  const { kv, aud, now = Date.now, getTimeoutMs = DEFAULT_TIMEOUT_MS } = options
  checkAud(aud)
  const pins = preparePins(options.pins)
  if (!options.pins.some((pin) => pin.aud === aud))
    throw new FlagsError(
      'pins_invalid',
      `No pin is for ${aud}: add the product's public keys to the configuration`,
    )
  const secrets = new Map(options.secrets.map((secret) => [parseReaderSecret(secret).sid, secret]))
  const derived = new Map<string, FlagKeys>()
  const limit = { timeoutMs: getTimeoutMs, timer: options.timer ?? systemTimer }
  const locator = createLocator({ pages: createPageKeeper(kv, limit), keysOf, now, emit })
  const heads = createHeadKeeper({
    kv,
    now,
    emit,
    limit,
    storage: options.storage ?? null,
    verifier: { aud, pins, sids: new Set(secrets.keys()) },
    waitUntil: options.waitUntil ?? (() => {}),
  })

  return {
    read,
    async prefetch(subject) {
      await read(subject)
    },
    async keyedHash({ sid, label, value }) {
      return keyedHash(await keysOf(sid), label, value)
    },
  }

  async function read(subject: string): Promise<FlagReading> {
    checkSubject(subject)
    const view = await heads.current()
    if (view.head === null) return failedReading(view.cause, { events: [view.cause] })
    const located = await locator.locate(view.head, subject)
    return judge(view.head, view.problem, located, now())
  }

  // Keeps keys, not promises of keys: a promise of a cancelled request may never settle on Workers.
  async function keysOf(sid: string): Promise<FlagKeys> {
    const secret = secrets.get(sid)
    if (secret === undefined) throw new FlagsError('secret_invalid', `No reader secret "${sid}" is at hand`)
    const keys = derived.get(sid) ?? (await deriveFlagKeys(secret, aud))
    derived.set(sid, keys)
    return keys
  }

  function emit(event: FlagEvent): void {
    try {
      options.onEvent?.(event)
    } catch {
      // An app's logging must not decide over an app's checkout.
    }
  }
}
