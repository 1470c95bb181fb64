/** What a tick may still spend. */

/** Counts operations on KV and watches the clock. */
export interface Budget {
  /** Takes up to `wanted` KV operations; returns how many there are. */
  take(wanted: number): number
  /** Whether the time for beginning anything more is over. */
  isOver(): boolean
}

/** KV allows 1,000 operations an invocation. Head, witness and log of each flag set are not counted: 100 are left for them. */
const KV_OPERATIONS = 900

/** The budget of a tick that must begin nothing after `until` (Unix ms). */
export function createBudget(now: () => number, until: number, operations: number = KV_OPERATIONS): Budget {
  let left = operations
  return {
    take(wanted) {
      const taken = Math.min(wanted, left)
      left -= taken
      return taken
    },
    isOver: () => left === 0 || now() >= until,
  }
}
