/** How a product stands right now: its own /status, asked with a token that allows no more than that. */
import { fetchJson } from '@meshloop/access/fetch-json'
import { parsePrivateJwk } from '@meshloop/access/issue'
import { durationMs } from '@meshloop/contract'
import * as z from 'zod'
import { sellToken } from '../access/sell-token.ts'
import type { CatalogEnv, World } from '../env.ts'
import type { Product } from './product-store.ts'

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
  /** Changes that the product has accepted since it began. */
  readonly changes: number | null
  /** Rows that were refused and wait for a decision. */
  readonly quarantined: number | null
  /** The sources, or the inputs of a derived product, that `as_of` is the minimum of. */
  readonly progress: readonly Progress[]
  /** When the catalog asked. */
  readonly checked_at: string | null
}

/** Of a product that was not asked. */
export const unasked: LiveState = {
  verdict: 'not_asked',
  as_of: null,
  age_seconds: null,
  contract: 'unknown',
  changes: null,
  quarantined: null,
  progress: [],
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

const statusSchema = z.object({
  as_of: z.iso.datetime().nullable(),
  /** Hash of the contract that it serves. */
  contract: z.string().max(100),
  counts: z.object({ changes: z.int(), quarantined: z.int() }),
  progress: z.array(progressSchema).max(100),
})

/** How far one source or input has come. */
export type Progress = z.output<typeof progressSchema>

type Status = z.output<typeof statusSchema>

interface Answer {
  /** Undefined if there was none. */
  readonly status: Status | undefined
  readonly at: number
}

/** A Worker has six connections; a page that asks forty products waits a moment, not a minute. */
const maxAsked = 40
const timeoutMs = 2_000
const maxBytes = 256 * 1024
/** An answer serves all pages of so long; ages are computed anew each time. */
const rememberedMs = 5_000

/** Keep one per isolate: it remembers answers for five seconds. */
export function createLiveStates({ fetch, now, newId }: World): ReadStates {
  const answers = new Map<string, Answer>()

  return async (env, products) => {
    const states = products
      .slice(0, maxAsked)
      .map(async (product) => [product.url, judge(product, await ask(env, product), now())] as const)
    return new Map(await Promise.all(states))
  }

  async function ask(env: CatalogEnv, product: Product): Promise<Answer> {
    const remembered = answers.get(product.url)
    if (remembered && now() - remembered.at < rememberedMs) return remembered
    const answer = { status: await fetchStatus(env, product), at: now() }
    answers.set(product.url, answer)
    return answer
  }

  async function fetchStatus(env: CatalogEnv, product: Product): Promise<Status | undefined> {
    const token = await sellToken({
      key: parsePrivateJwk(env.ISSUER_KEY, 'ISSUER_KEY'),
      issuer: env.ISSUER,
      now: now(),
      tokenId: newId(),
      clientId: 'platform.catalog',
      product,
      rights: { scopes: ['check'] },
      scopes: ['check'],
    })
    try {
      const headers = { authorization: `Bearer ${token}` }
      return statusSchema.parse(
        await fetchJson(`${product.url}/status`, { fetch, timeoutMs, maxBytes, headers }),
      )
    } catch {
      // Away, or answering something else: either way nothing is known, and the page says so.
      return undefined
    }
  }
}

/** Judged by the watermark and the contract, never by what the product thinks of itself. */
function judge({ contract, contract_hash }: Product, { status, at }: Answer, now: number): LiveState {
  const as_of = status?.as_of ?? null
  const age = as_of === null ? null : Math.max(0, now - Date.parse(as_of))
  return {
    verdict: verdictOf(status, age, durationMs(contract.freshness) ?? 0),
    as_of,
    age_seconds: age === null ? null : Math.round(age / 1000),
    contract: !status ? 'unknown' : status.contract === contract_hash ? 'as_registered' : 'differs',
    changes: status?.counts.changes ?? null,
    quarantined: status?.counts.quarantined ?? null,
    progress: status?.progress ?? [],
    checked_at: new Date(at).toISOString(),
  }
}

function verdictOf(status: Status | undefined, age: number | null, promisedMs: number): Verdict {
  if (!status) return 'unreachable'
  if (age === null) return 'waiting'
  return age <= promisedMs ? 'fresh' : 'late'
}
