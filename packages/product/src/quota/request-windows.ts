/** Requests of each name in the minute that is running, counted in the isolate: one look-up in a map a request. */

/** Where a consumer stands after a request was counted. */
export interface Window {
  /** Requests of this minute, this one included. */
  readonly used: number
  /** Unix ms at which the minute ends. */
  readonly endsAt: number
}

/** Length of a window. */
export const WINDOW_MS = 60_000

/** Consumers that are kept. With more than these in a minute the one that came first is forgotten: it begins anew. */
const MAX_CONSUMERS = 10_000

/** Counters by name. A minute begins with the first request after the last one ended. */
export interface RequestWindows {
  /** Counts a request of `name` at `now` (Unix ms). */
  readonly count: (name: string, now: number) => Window
  /** The minute of `name` that is running at `now`, if one is. */
  readonly look: (name: string, now: number) => Window | undefined
  /** Nothing was ever counted. */
  readonly isEmpty: () => boolean
}

/** Counters of nobody yet. */
export function createRequestWindows(): RequestWindows {
  const windows = new Map<string, { used: number; endsAt: number }>()
  const look = (name: string, now: number) => {
    const known = windows.get(name)
    return known !== undefined && now < known.endsAt ? known : undefined
  }
  return {
    look,
    count(name, now) {
      const known = look(name, now)
      if (known !== undefined) {
        known.used += 1
        return known
      }
      windows.delete(name)
      const [oldest] = windows.size >= MAX_CONSUMERS ? windows.keys() : []
      if (oldest !== undefined) windows.delete(oldest)
      const begun = { used: 1, endsAt: now + WINDOW_MS }
      windows.set(name, begun)
      return begun
    },
    isEmpty: () => windows.size === 0,
  }
}
