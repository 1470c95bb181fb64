/** KV takes one write a second for each key; the local runtime does not enforce it, so this does. */

/** Remembers writes by key. */
export interface WritePace {
  /** Whether the key may be written now. If so, the write counts as made: it must follow at once. */
  take(key: string): boolean
}

const INTERVAL_MS = 1_000
/** Enough for every write of a second; older ones need no memory. */
const MAX_REMEMBERED = 10_000

/** Makes a pace over a clock (Unix ms). Use one for all writes to a namespace that an isolate makes. */
export function createWritePace(now: () => number): WritePace {
  const takenAtMs = new Map<string, number>()
  return {
    take(key) {
      const nowMs = now()
      const lastMs = takenAtMs.get(key)
      // A clock that went back proves no interval.
      if (lastMs !== undefined && nowMs - lastMs < INTERVAL_MS) return false
      takenAtMs.delete(key)
      takenAtMs.set(key, nowMs)
      for (const [oldest, atMs] of takenAtMs) {
        if (takenAtMs.size <= MAX_REMEMBERED || nowMs - atMs < INTERVAL_MS) break
        takenAtMs.delete(oldest)
      }
      return true
    },
  }
}
