/** How a product stands right now: its own /status, asked with a token that allows no more than that. */
import { durationMs } from '@meshloop/contract'
import * as z from 'zod'
import type { CatalogEnv, World } from '../env.ts'
import { createAsk, type Answer } from './ask-product.ts'
import type { Product } from './product.ts'
import { shareOfEach } from './shares.ts'

/**
 * `fresh`: complete within the promised time. `late`: older. `waiting`: a source has not yet said up to when it is
 * complete. `unreachable`: no answer, so nothing is known. `not_asked`: the list is longer than one page asks.
 */
export type Verdict = 'fresh' | 'late' | 'waiting' | 'unreachable' | 'not_asked'

/** What the catalog saw. */
export interface LiveState {
  readonly verdict: Verdict
  /** The watermark: complete up to here. */
  readonly as_of: string | null
  /** Now minus `as_of`. */
  readonly age_seconds: number | null
  /** Whether the product serves the contract that is registered. */
  readonly contract: 'as_registered' | 'differs' | 'unknown'
  /** Hash of the contract that it serves. */
  readonly served_hash: string | null
  /** Changes that the product has accepted since it began. */
  readonly changes: number | null
  /** Rows that were refused and wait for a decision. */
  readonly quarantined: number | null
  /** The sources, or the inputs of a derived product, that `as_of` is the minimum of. */
  readonly progress: readonly Progress[]
  /** How the contract's quality rules stood when the product last judged them; null if it does not tell. */
  readonly quality: readonly QualityResult[] | null
  /** When the catalog asked. */
  readonly checked_at: string | null
}

/** Of a product that was not asked. */
export const unasked: LiveState = {
  verdict: 'not_asked',
  as_of: null,
  age_seconds: null,
  contract: 'unknown',
  served_hash: null,
  changes: null,
  quarantined: null,
  progress: [],
  quality: null,
  checked_at: null,
}

/** States by base URL. */
export type LiveStates = ReadonlyMap<string, LiveState>

/** Asks products how they stand. */
export type ReadStates = (env: CatalogEnv, products: readonly Product[]) => Promise<LiveStates>

const progressSchema = z.object({
  name: z.string().max(100),
  as_of: z.iso.datetime().nullable(),
  /** Batches that wait for a missing one. */
  waiting: z.int(),
})

const qualitySchema = z.object({
  /** Name of the rule in the contract. */
  rule: z.string().max(200),
  /** What was counted; null as long as the rule was not judged. */
  count: z.number().nullable(),
  /** Of how many records. */
  of: z.number().nullable(),
  kept: z.boolean().nullable(),
  judged_at: z.iso.datetime().nullable(),
})

const statusSchema = z.object({
  as_of: z.iso.datetime().nullable(),
  /** Hash of the contract that it serves. */
  contract: z.string().max(100),
  counts: z.object({ changes: z.int(), quarantined: z.int() }),
  progress: z.array(progressSchema).max(100),
  // A product that tells of its quality in some other way still tells of the rest.
  quality: z.array(qualitySchema).max(500).nullable().default(null).catch(null),
})

/** How far one source or input has come. */
export type Progress = z.output<typeof progressSchema>

/** How one quality rule stood. */
export type QualityResult = z.output<typeof qualitySchema>

type Status = z.output<typeof statusSchema>

/** A Worker has six connections; a page that asks forty products waits a moment, not a minute. */
const maxAsked = 40

/** Keep one per isolate: it remembers answers for five seconds; ages are computed anew each time. */
export function createLiveStates(world: World): ReadStates {
  const ask = createAsk(world, '/status', statusSchema)
  return async (env, products) => {
    const states = shareOfEach(products, maxAsked).map(
      async (product) => [product.url, judge(product, await ask(env, product), world.now())] as const,
    )
    return new Map(await Promise.all(states))
  }
}

/** Judged by the watermark and the contract, never by what the product thinks of itself. */
function judge(
  { contract, contract_hash }: Product,
  { document: status, at }: Answer<Status>,
  now: number,
): LiveState {
  const as_of = status?.as_of ?? null
  const age = as_of === null ? null : Math.max(0, now - Date.parse(as_of))
  return {
    verdict: verdictOf(status, age, durationMs(contract.freshness) ?? 0),
    as_of,
    age_seconds: age === null ? null : Math.round(age / 1000),
    contract: !status ? 'unknown' : status.contract === contract_hash ? 'as_registered' : 'differs',
    served_hash: status?.contract ?? null,
    changes: status?.counts.changes ?? null,
    quarantined: status?.counts.quarantined ?? null,
    progress: status?.progress ?? [],
    quality: status?.quality ?? null,
    checked_at: new Date(at).toISOString(),
  }
}

function verdictOf(status: Status | undefined, age: number | null, promisedMs: number): Verdict {
  if (!status) return 'unreachable'
  if (age === null) return 'waiting'
  return age <= promisedMs ? 'fresh' : 'late'
}
