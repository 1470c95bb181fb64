/** No product is fresher than what it is built from. */
import { durationMs, type Duration } from '../../definition/duration.ts'
import type { Policy } from '../policy.ts'
import { inputOf } from '../registered.ts'
import { STEWARD_INTERVAL_MS } from './steward-interval.ts'

/** Judges derived products; inputs that are not registered are for another policy. */
export const freshnessWithinInputs: Policy = {
  id: 'freshness-within-inputs',
  severity: 'error',
  reason:
    'A derived product is as old as the oldest of its inputs, and is rebuilt once a minute: what promises more freshness breaks its promise sooner or later.',
  remedy: 'Promise at least the largest freshness of the inputs and one minute more.',
  *check({ freshness, inputs = [] }, mesh) {
    const ms = durationMs(freshness) ?? 0
    for (const input of inputs) {
      const registered = inputOf(input, mesh)
      const least = (registered ? (durationMs(registered.freshness) ?? 0) : 0) + STEWARD_INTERVAL_MS
      if (registered && ms < least)
        yield {
          path: 'freshness',
          problem: `is ${freshness}, but ${input.product} promises ${registered.freshness}: with the run of each minute this can be no less than ${inMinutes(least)}`,
        }
    }
  },
}

const inMinutes = (ms: number): Duration => `PT${Math.ceil(ms / 60_000)}M`
