/**
 * Who may write now: few at a time, some wait, and more are sent away before anything of theirs is read. D1 has one writer,
 * and an isolate 128 MB: what piles up is lost when either gives up.
 */
import { ProductError } from '../problems.ts'

/** What bounds the work of an isolate. */
export interface DoorBounds {
  readonly atWork: number
  readonly waiting: number
  /** Of which one source has so many at most: whoever sends slowly, or much, shuts nobody else out. */
  readonly ofOneSource: { readonly atWork: number; readonly waiting: number }
  /** Bytes from which on nothing more is taken in. */
  readonly databaseBytes: number
}

/** D1 holds 10 GB: what is left is for the upkeep that makes room. */
const usual: DoorBounds = {
  atWork: 4,
  waiting: 16,
  ofOneSource: { atWork: 3, waiting: 12 },
  databaseBytes: 9_700_000_000,
}

/**
 * A request that was broken off says nothing: after this it no longer counts. Longer than any transaction lasts. One that is
 * there and has waited for so long is sent away.
 */
const GONE_AFTER_MS = 60_000
/** So long a full database is believed to be full still. */
const FULL_FOR_MS = 60_000
const RETRY_AFTER_SECONDS = 2

/** The door of an isolate's ingest. */
export interface Door {
  /** Does the work of a source when it is its turn. @throws {ProductError} `overloaded`, `database_full`; then none of it was done. */
  readonly enter: <T>(source: string, work: () => Promise<T>) => Promise<T>
  /** Told by each write how large the database is now. */
  readonly sized: (bytes: number) => void
}

interface AtWork {
  readonly source: string
  readonly since: number
}
interface Waiting extends AtWork {
  readonly wake: (value: undefined) => void
}

/** Makes the door; `now` in Unix ms. */
export function createDoor(now: () => number, bounds: DoorBounds = usual): Door {
  const atWork = new Map<symbol, AtWork>()
  const waiting = new Map<symbol, Waiting>()
  let fullSince = -Infinity

  const wakeAll = (): void => {
    for (const { wake } of waiting.values()) wake(undefined)
  }
  const forgetGone = (): void => {
    const gone = now() - GONE_AFTER_MS
    for (const [place, { since }] of atWork) if (since < gone) atWork.delete(place)
    for (const [place, { since, wake }] of waiting)
      if (since < gone) {
        waiting.delete(place)
        wake(undefined)
      }
  }
  const isFull = (
    places: ReadonlyMap<symbol, AtWork>,
    kind: 'atWork' | 'waiting',
    source: string,
  ): boolean => {
    const own = [...places.values()].filter((each) => each.source === source)
    return places.size >= bounds[kind] || own.length >= bounds.ofOneSource[kind]
  }
  /** Each waits for a promise of its own: the runtime cancels what waits for one that a finished request made. */
  const change = async (place: symbol, source: string): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    waiting.set(place, { source, since: waiting.get(place)?.since ?? now(), wake: resolve })
    await promise
    if (!waiting.has(place)) throw overloaded('This request has waited for too long.')
  }
  return {
    async enter(source, work) {
      if (now() - fullSince < FULL_FOR_MS)
        throw new ProductError('database_full', 'The database of this product has no room left.', [], {
          retryAfterSeconds: 3_600,
        })
      forgetGone()
      const place = Symbol('place')
      if (isFull(atWork, 'atWork', source)) {
        if (isFull(waiting, 'waiting', source)) throw overloaded(`${waiting.size} requests wait already.`)
        // All are woken, since one may be gone; whoever comes too late waits on.
        do await change(place, source)
        while (isFull(atWork, 'atWork', source))
        waiting.delete(place)
      }
      atWork.set(place, { source, since: now() })
      try {
        return await work()
      } finally {
        atWork.delete(place)
        wakeAll()
      }
    },
    sized(bytes) {
      fullSince = bytes >= bounds.databaseBytes ? now() : -Infinity
    },
  }
}

const overloaded = (why: string): ProductError =>
  new ProductError('overloaded', why, [], { retryAfterSeconds: RETRY_AFTER_SECONDS })
