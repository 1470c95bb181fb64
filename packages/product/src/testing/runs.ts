/** How often a random test runs whose single run is expensive: it fills databases, follows feeds, writes files. */
import * as fc from 'fast-check'

/**
 * Parameters of `fc.assert` for a run that costs as much as `cost` plain ones: that share of all runs, at least `least`
 * of them, always whole (with half a run fast-check never ends). The first failure ends the test with its seed and path;
 * to shrink what failed would take longer than the test may.
 */
export const dearRuns = (cost: number, least = 1): { numRuns: number; endOnFailure: true } => ({
  numRuns: Math.max(least, Math.ceil((fc.readConfigureGlobal().numRuns ?? 100) / cost)),
  endOnFailure: true,
})
