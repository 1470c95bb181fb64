/** Statistics that a few extreme values do not move. Amounts are whole cents, and so is what comes out. */

/** The median; undefined of nothing. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]]
  return low === undefined || high === undefined ? undefined : Math.round((low + high) / 2)
}

/** The median absolute deviation from the median, unscaled; undefined of nothing. */
export function medianDeviation(values: readonly number[]): number | undefined {
  const middle = median(values)
  return middle === undefined ? undefined : median(values.map((value) => Math.abs(value - middle)))
}

/** The arithmetic mean; undefined of nothing. */
export const mean = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : Math.round(values.reduce((sum, value) => sum + value, 0) / values.length)
