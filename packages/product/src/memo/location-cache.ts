/**
 * Answers kept in the cache of a Cloudflare location (Cache API), for isolates that have not made them. Each lies there under a name
 * of its own for each revision, so that what was written is never answered from before. Other Workers of the zone reach that cache:
 * what lies there is sealed, and what does not open is as good as none. On workers.dev it keeps nothing; nothing depends on it.
 *
 * A look costs the row of the standing, where it is not known, and the time of about a thousand rows. So totals alone are
 * looked for, through whole views, and those that were cheaper than that are left to the database: a page of 52 rows is there sooner.
 */
import { sha256 } from '@meshloop/contract'
import type { Standing } from '../store/state.ts'
import type { Elsewhere } from './kept.ts'
import { MAX_AGE_MS } from './memo.ts'
import { openAnswer, sealAnswer } from './sealed-answer.ts'

/** The cache, for an answer that is named by what it depends on, but for the revision. */
export type LocationCache = (key: string, waitUntil: (work: Promise<unknown>) => void) => Elsewhere

/** What the cache is made with. */
export interface LocationCacheOptions {
  readonly open: () => Promise<Pick<Cache, 'match' | 'put'>>
  /** Seals what lies there: see `answersKey`. */
  readonly sealingKey: () => Promise<CryptoKey>
  /** Names begin with it. */
  readonly baseUrl: string
  /** Fills an array, as `crypto.getRandomValues` does. */
  readonly random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>
}

/** A longer body is not kept. */
const MAX_BYTES = 1_000_000

/** The cache of the location where this runs. */
export function createLocationCache({
  open,
  sealingKey,
  baseUrl,
  random,
}: LocationCacheOptions): LocationCache {
  return (key, waitUntil) => {
    const nameOf = async (standing: Standing): Promise<string> =>
      `${baseUrl}/answers/${await sha256(`${key}\n${standingText(standing)}`)}`
    return {
      async find(standing) {
        try {
          const name = await nameOf(standing)
          const response = await (await open()).match(name)
          if (!response) return undefined
          return await openAnswer(await sealingKey(), name, new Uint8Array(await response.arrayBuffer()))
        } catch {
          return undefined // forged, cut off or unreachable: the database answers
        }
      },
      keep(dated) {
        if (dated.made.body.length > MAX_BYTES) return
        const put = async (): Promise<void> => {
          const name = await nameOf(dated.made.standing)
          const bytes = await sealAnswer(await sealingKey(), name, dated, random)
          const headers = { 'cache-control': `max-age=${MAX_AGE_MS / 1000}` }
          await (await open()).put(name, new Response(bytes, { headers }))
        }
        waitUntil(put().catch(() => undefined)) // the answer was given
      },
    }
  }
}

const standingText = ({ seq, incarnation, as_of }: Standing): string =>
  JSON.stringify([seq, incarnation, as_of])
