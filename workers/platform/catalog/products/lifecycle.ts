/** Where a major stands in its life today. */
import type { Day, Lifecycle } from '@meshloop/contract'

/**
 * `preview`: not yet to be relied on. `available`. `announced`: its deprecation has a day. `deprecated`: new consumers take the
 * next major. `unsupported`: nothing is mended any more. `ended`: it need not answer any more.
 */
export type Phase = 'preview' | 'available' | 'announced' | 'deprecated' | 'unsupported' | 'ended'

/** The phase on that day. Support and life include their last day. */
export function phaseOf(lifecycle: Lifecycle | undefined, today: Day): Phase {
  const { generalAvailability, deprecated, endOfSupport, endOfLife } = lifecycle ?? {}
  if (endOfLife !== undefined && endOfLife < today) return 'ended'
  if (endOfSupport !== undefined && endOfSupport < today) return 'unsupported'
  if (deprecated !== undefined) return deprecated <= today ? 'deprecated' : 'announced'
  return generalAvailability !== undefined && generalAvailability > today ? 'preview' : 'available'
}
