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
/** Who waits looks so often whether it may go in, and is gone when it has not looked for a while. */
const PAUSE_MS = 20
const UNSEEN_AFTER_MS = 2_000
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
  /** When it last looked whether it may go in. */
  readonly seenAt: number
}

/** What a door works with. */
export interface DoorOptions {
  /** Unix ms. */
  readonly now: () => number
  /** Waits so many ms. A request waits for a timer of its own: nobody else's request may wake it, nor end with what it waits for. */
  readonly pause: (ms: number) => Promise<unknown>
  /** Default: 4 at work, 16 waiting, of one source 3 and 12. */
  readonly bounds?: DoorBounds
}

/** Makes the door. */
export function createDoor({ now, pause, bounds = usual }: DoorOptions): Door {
  const atWork = new Map<symbol, AtWork>()
  const waiting = new Map<symbol, Waiting>()
  let fullSince = -Infinity

  const forgetGone = (): void => {
    for (const [place, { since }] of atWork) if (since < now() - GONE_AFTER_MS) atWork.delete(place)
    for (const [place, { seenAt }] of waiting) if (seenAt < now() - UNSEEN_AFTER_MS) waiting.delete(place)
  }
  const isFull = (
    places: ReadonlyMap<symbol, AtWork>,
    kind: 'atWork' | 'waiting',
    source: string,
  ): boolean => {
    const own = [...places.values()].filter((each) => each.source === source)
    return places.size >= bounds[kind] || own.length >= bounds.ofOneSource[kind]
  }
  /** The first in line whose source has a place. */
  const next = (): symbol | undefined =>
    [...waiting].find(([, { source }]) => !isFull(atWork, 'atWork', source))?.[0]
  const waitInLine = async (place: symbol, source: string): Promise<void> => {
    const since = now()
    try {
      do {
        waiting.set(place, { source, since, seenAt: now() })
        await pause(PAUSE_MS)
        if (now() - since > GONE_AFTER_MS) throw overloaded('This request has waited for too long.')
        forgetGone()
      } while (next() !== place)
    } finally {
      waiting.delete(place)
    }
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
        await waitInLine(place, source)
      }
      atWork.set(place, { source, since: now() })
      try {
        return await work()
      } finally {
        atWork.delete(place)
      }
    },
    sized(bytes) {
      fullSince = bytes >= bounds.databaseBytes ? now() : -Infinity
    },
  }
}

const overloaded = (why: string): ProductError =>
  new ProductError('overloaded', why, [], { retryAfterSeconds: RETRY_AFTER_SECONDS })
