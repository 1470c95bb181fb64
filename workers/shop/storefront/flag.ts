/** The customer's flag at a moment: what the reader answers, and what of it is kept beside the decision. */
import type { FlagReading } from '@meshloop/flags/read'
import { readContext, type RiskContext } from './assess/context.ts'
import type { World } from './env.ts'

/** What a decision saw of the flag; times in milliseconds since 1970. Kept with the order and shown. */
export interface FlagSeen {
  readonly state: FlagReading['state']
  /** Why it is stale, untrusted or unavailable; `entry_unreadable` for an entry of another shape. */
  readonly cause: string | null
  readonly ageMs: number | null
  readonly epochMs: number | null
  /** Complete up to here. */
  readonly watermarkMs: number | null
  readonly score: number | null
  readonly reasons: readonly { readonly code: string; readonly points: number }[]
  readonly breaches: readonly string[]
  /** What the reader noticed on the way. */
  readonly events: readonly string[]
  /** How long the checkout waited for it. */
  readonly tookMs: number
}

/** A flag that was read. */
export interface CustomerFlag {
  readonly seen: FlagSeen
  /** Present if the state allows its use and the entry can be read. */
  readonly context: RiskContext | undefined
  /** False for a verified entry that cannot be understood. */
  readonly isReadable: boolean
  /** The hash of an id in our hand, to compare with those in the context. */
  readonly hash: (label: 'address' | 'card', id: string | null) => Promise<string | null>
}

/** Reads the flag of a customer; an unusable one is an answer too. */
export async function readFlag(
  { flags, now }: Pick<World, 'flags' | 'now'>,
  customerId: string,
): Promise<CustomerFlag> {
  const startedMs = now()
  const reading = await flags.read(customerId)
  const tookMs = now() - startedMs
  const entry = reading.state === 'known' || reading.state === 'stale' ? reading.entry : null
  const context = entry === null ? undefined : readContext(entry)
  const isReadable = entry === null || context !== undefined
  const { evidence } = reading
  const { sid } = evidence
  return {
    context,
    isReadable,
    hash: async (label, id) =>
      id === null || sid === undefined ? null : flags.keyedHash({ sid, label, value: id }),
    seen: {
      state: reading.state,
      cause: isReadable ? ('cause' in reading ? reading.cause : null) : 'entry_unreadable',
      ageMs: evidence.ageMs ?? null,
      epochMs: evidence.epoch ?? null,
      watermarkMs: evidence.watermark ?? null,
      score: context?.score ?? null,
      reasons: context?.reasons ?? [],
      breaches: (evidence.breaches ?? []).map(({ product, rule }) => `${product} ${rule}`),
      events: evidence.events,
      tookMs,
    },
  }
}
