/** One piece of work at a time, however many ask for it at once. */

/** Bounds of {@link singleFlight}. */
export interface FlightOptions {
  /** How long the work may take at most. */
  readonly timeoutMs: number
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Does `work`, or waits until the work has ended that somebody else began; rejects as `work` does for whoever began it. */
export function singleFlight(
  work: () => Promise<void>,
  { timeoutMs, now }: FlightOptions,
): () => Promise<void> {
  let flight: { readonly landing: Promise<void>; readonly startedAt: number } | undefined
  return async () => {
    // Workerd drops the promises of a request whose caller has gone: what should have ended by now is lost.
    if (flight && now() - flight.startedAt < timeoutMs) return inTime(flight.landing, timeoutMs)
    const own = { landing: work(), startedAt: now() }
    flight = own
    try {
      await own.landing
    } finally {
      if (flight === own) flight = undefined
    }
  }
}

/** Waits with a timer of our own: nobody else would wake us if the other request were gone. */
async function inTime(landing: Promise<void>, timeoutMs: number): Promise<void> {
  const limit = Promise.withResolvers<void>()
  const timer = setTimeout(limit.resolve, timeoutMs)
  await Promise.race([landing, limit.promise])
  clearTimeout(timer)
}
