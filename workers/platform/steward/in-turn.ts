/** Many calls, a few at a time: a Worker has six connections that wait for headers. */

const AT_ONCE = 6

/** Does the work for each item, six at a time; results in the items' order. */
export async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const rest = items.entries()
  const lane = async (): Promise<void> => {
    for (const [at, item] of rest) results[at] = await work(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return results
}
