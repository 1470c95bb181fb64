/** Requests of each consumer in the minute that is running, counted in the isolate: one look-up in a map a request. */

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

/** A counter: counts a request of `name` at `now` (Unix ms). A minute begins with the first request after the last one ended. */
export function createRequestWindows(): (name: string, now: number) => Window {
  const windows = new Map<string, { used: number; endsAt: number }>()
  return (name, now) => {
    const known = windows.get(name)
    if (known !== undefined && now < known.endsAt) {
      known.used += 1
      return known
    }
    windows.delete(name)
    const [oldest] = windows.size >= MAX_CONSUMERS ? windows.keys() : []
    if (oldest !== undefined) windows.delete(oldest)
    const begun = { used: 1, endsAt: now + WINDOW_MS }
    windows.set(name, begun)
    return begun
  }
}
