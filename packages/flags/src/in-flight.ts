/** Doing many things, a few at a time. */

/** Workers have six connections waiting at once; more would only queue. */
const MAX_IN_FLIGHT = 6

/** Runs the work on each item, at most six at a time. Rejects with the first rejection. */
export async function eachInFlight<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const rest = items[Symbol.iterator]()
  const lane = async () => {
    for (let next = rest.next(); next.done !== true; next = rest.next()) await work(next.value)
  }
  await Promise.all(Array.from({ length: MAX_IN_FLIGHT }, lane))
}
