/**
 * Answers kept in an isolate's memory, so that a repeat costs no row. Which of them are still right is judged by the revision:
 * what a view that shows everything was answered stands until something was written; one that hides something would tell by
 * that when hidden things change, so that its answers stand for a fixed time alone.
 *
 * Requests that are alike do not wait for one of them: the runtime ends a request's work when its reader goes away, and those
 * that shared its promise would wait for ever.
 */
import type { Standing } from '../store/state.ts'
import type { Dated, Elsewhere, Found, Kept } from './kept.ts'

/** One request. What it was answered is kept under everything that the answer depends on, but for the revision. */
export interface Asked {
  readonly key: string
  /** The view shows everything. */
  readonly isWhole: boolean
  /** For whole views alone: any other would tell by the revision when hidden things change. */
  readonly elsewhere?: Elsewhere | undefined
}

/** A request that looks into the memory. It counts as begun when it was made. */
export interface Look {
  /** The answer that stands; undefined when there is none. `standing` is asked when nobody knows the revision any more. */
  readonly find: (standing: () => Promise<Standing>) => Promise<Found | undefined>
  readonly keep: (kept: Kept) => void
}

/** The memory of one isolate. */
export interface Memo {
  readonly look: (asked: Asked) => Look
  /** Whatever is known may be wrong: this isolate has written. */
  readonly forget: () => void
}

/** How much is kept and for how long. */
export interface MemoOptions {
  /** Unix ms. */
  readonly now: () => number
  /** For how long a revision is trusted; 0: nothing is kept. Default 1,000. */
  readonly trustMs?: number | undefined
  /** About the memory that answers take. Default 8,000,000. */
  readonly maxBytes?: number
  /** Default 2,000. */
  readonly maxEntries?: number
}

const TRUST_MS = 1_000
/** Rows that leave the database by age change no revision; they are seen to be gone within this time. */
export const MAX_AGE_MS = 60_000
/** An answer that cost fewer rows is had from the database as soon as from elsewhere. */
const DEAR_ROWS = 1_000
/** One answer takes at most this part of the memory. */
const LARGEST_PART = 8
/** Of the headers and of the entry itself. */
const ENTRY_BYTES = 1_000

interface Entry extends Dated, Found {
  readonly bytes: number
}

/** A memory that holds nothing yet. */
export function createMemo({
  now,
  trustMs = TRUST_MS,
  maxBytes = 8_000_000,
  maxEntries = 2_000,
}: MemoOptions): Memo {
  // The first is the one that was used longest ago.
  const entries = new Map<string, Entry>()
  let bytes = 0
  let known: { readonly standing: Standing; readonly at: number } | undefined
  /** What was read before the last writing is not kept. */
  let life = 0

  const drop = (key: string): void => {
    bytes -= entries.get(key)?.bytes ?? 0
    entries.delete(key)
  }
  /** Whose place is the last already. */
  let newest: string | undefined
  const put = (key: string, entry: Entry): void => {
    drop(key)
    newest = key
    entries.set(key, entry)
    bytes += entry.bytes
    for (const oldest of entries.keys()) {
      if (bytes <= maxBytes && entries.size <= maxEntries) break
      drop(oldest)
    }
  }
  /** Answers arrive in any order: one that was asked earlier says nothing new. */
  const learn = (standing: Standing, at: number): void => {
    if (!known || at >= known.at) known = { standing, at }
  }
  /** Where the database stands. Undefined when this isolate wrote meanwhile: what was read then may be from before. */
  const standingAt = async (at: number, standing: () => Promise<Standing>): Promise<Standing | undefined> => {
    if (!known || at - known.at >= trustMs) {
      const begunIn = life
      const read = await standing()
      if (begunIn !== life) return undefined
      learn(read, at)
    }
    return known?.standing
  }
  return {
    look({ key, isWhole, elsewhere }) {
      const begunAt = now()
      const begunIn = life
      const hold = (dated: Dated): void => {
        const size = 2 * key.length + dated.made.body.length + ENTRY_BYTES
        if (size <= maxBytes / LARGEST_PART) put(key, { ...dated, place: 'memo', bytes: size })
      }
      const fetched = async (standing: () => Promise<Standing>): Promise<Found | undefined> => {
        const current = await standingAt(begunAt, standing)
        const dated = current && (await elsewhere?.find(current))
        if (!dated || begunIn !== life || begunAt - dated.readAt >= MAX_AGE_MS) return undefined
        hold(dated)
        return { ...dated, place: 'cache' }
      }
      const stands = async ({ made, readAt }: Entry, standing: () => Promise<Standing>): Promise<boolean> => {
        if (!isWhole) return begunAt - readAt < trustMs
        if (begunAt - readAt >= MAX_AGE_MS) return false
        const current = await standingAt(begunAt, standing)
        return current !== undefined && isSame(current, made.standing)
      }
      return {
        async find(standing) {
          const entry = entries.get(key)
          if (!entry) return elsewhere && trustMs > 0 ? fetched(standing) : undefined
          const isRight = await stands(entry, standing)
          if (begunIn !== life) return undefined
          if (!isRight) drop(key)
          else if (key !== newest) put(key, entry)
          if (isRight) return entry
          return elsewhere && entry.rowsRead >= DEAR_ROWS ? fetched(standing) : undefined
        },
        keep(kept) {
          if (begunIn !== life || trustMs === 0) return
          if (isWhole) learn(kept.made.standing, begunAt)
          const dated = { ...kept, readAt: begunAt }
          hold(dated)
          if (kept.rowsRead >= DEAR_ROWS) elsewhere?.keep(dated)
        },
      }
    },
    forget() {
      entries.clear()
      bytes = 0
      known = undefined
      life += 1
    },
  }
}

const isSame = (a: Standing, b: Standing): boolean =>
  a.seq === b.seq && a.incarnation === b.incarnation && a.as_of === b.as_of
