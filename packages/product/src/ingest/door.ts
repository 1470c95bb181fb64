/**
 * Who may write now: few at a time, some wait, and more are sent away before anything of theirs is read. D1 has one writer,
 * and an isolate 128 MB: what piles up is lost when either gives up.
 */
import { ProductError } from '../problems.ts'

/** What bounds the work of an isolate. */
export interface DoorBounds {
  readonly atWork: number
  readonly waiting: number
  /** Bytes from which on nothing more is taken in. */
  readonly databaseBytes: number
}

/** D1 holds 10 GB: what is left is for the upkeep that makes room. */
const usual: DoorBounds = { atWork: 4, waiting: 16, databaseBytes: 9_700_000_000 }

/** A request that was broken off says nothing: after this it no longer counts. Longer than any transaction lasts. */
const GONE_AFTER_MS = 60_000
/** So long a full database is believed to be full still. */
const FULL_FOR_MS = 60_000
const RETRY_AFTER_SECONDS = 2

/** The door of an isolate's ingest. */
export interface Door {
  /** Does the work when it is its turn. @throws {ProductError} `overloaded`, `database_full`; then none of it was done. */
  readonly enter: <T>(work: () => Promise<T>) => Promise<T>
  /** Told by each write how large the database is now. */
  readonly sized: (bytes: number) => void
}

/** Makes the door; `now` in Unix ms. */
export function createDoor(now: () => number, bounds: DoorBounds = usual): Door {
  const atWork = new Map<symbol, number>()
  const waiting = new Map<symbol, { readonly since: number; readonly wake: (value: undefined) => void }>()
  let fullSince = -Infinity

  const forgetGone = (): void => {
    const gone = now() - GONE_AFTER_MS
    for (const [place, since] of atWork) if (since < gone) atWork.delete(place)
    for (const [place, { since }] of waiting) if (since < gone) waiting.delete(place)
  }
  /** Each waits for a promise of its own: the runtime cancels what waits for one that a finished request made. */
  const change = async (place: symbol): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    waiting.set(place, { since: waiting.get(place)?.since ?? now(), wake: resolve })
    await promise
  }
  return {
    async enter(work) {
      if (now() - fullSince < FULL_FOR_MS)
        throw new ProductError('database_full', 'The database of this product has no room left.', [], {
          retryAfterSeconds: 3_600,
        })
      forgetGone()
      const place = Symbol('place')
      if (atWork.size >= bounds.atWork) {
        if (waiting.size >= bounds.waiting)
          throw new ProductError('overloaded', `${bounds.waiting} requests wait already.`, [], {
            retryAfterSeconds: RETRY_AFTER_SECONDS,
          })
        // All are woken, since one may be gone; whoever comes too late waits on.
        while (atWork.size >= bounds.atWork) await change(place)
        waiting.delete(place)
      }
      atWork.set(place, now())
      try {
        return await work()
      } finally {
        atWork.delete(place)
        for (const { wake } of waiting.values()) wake(undefined)
      }
    },
    sized(bytes) {
      fullSince = bytes >= bounds.databaseBytes ? now() : -Infinity
    },
  }
}
