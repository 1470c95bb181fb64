/** The epoch of the next head. */
import type { Bytes } from './bytes.ts'
import { FlagsError } from './errors.ts'
import { MAX_AHEAD_MS } from './limits.ts'
import { preparePins, type FlagPin } from './pins.ts'
import { authenticateHead } from './verify-head.ts'

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

/**
 * The epoch of the head that lies in KV, for a product whose log may have been lost; null when the value is not
 * our own, signed for this flag set. Not bounded by the clock: `nextEpoch` must see one that ran ahead. Throws
 * `pins_invalid`.
 */
export async function epochInKv(
  value: Bytes,
  own: { readonly aud: string; readonly pins: readonly FlagPin[] },
): Promise<number | null> {
  const authentic = await authenticateHead(value, { aud: own.aud, pins: preparePins(own.pins) })
  return authentic.ok ? authentic.head.claims.epoch : null
}
