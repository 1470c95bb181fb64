/** The epoch of the next head. */
import { FlagsError } from './errors.ts'
import { MAX_AHEAD_MS } from './limits.ts'

/**
 * `max(now, last + 1)`: the time of issue, strictly rising, Unix ms. `last`: the highest epoch in the log, and
 * where the log may have been lost also that of the verified head in KV; null for none. Throws `epoch_ahead`
 * when the last epoch is more than a minute ahead of the clock: publishing must stop and a person look.
 */
export function nextEpoch(nowMs: number, last: number | null): number {
  if (last === null) return nowMs
  if (last > nowMs + MAX_AHEAD_MS)
    throw new FlagsError(
      'epoch_ahead',
      `The last epoch is ${last - nowMs} ms ahead of the clock: readers would refuse the next head. Check the clock and the log`,
    )
  return Math.max(nowMs, last + 1)
}
