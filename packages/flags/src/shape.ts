/** How many pages a flag set has. */
import { MAX_BITS, MIN_BITS } from './limits.ts'

/** Sizes of the pages of a flag set, in bytes. */
export interface PageSizes {
  /** All pages together. */
  readonly totalBytes: number
  readonly largestBytes: number
}

const KIB = 1_024
const TARGET_MEAN_BYTES = 20 * KIB
const DOUBLE_ABOVE_MEAN_BYTES = 24 * KIB
const DOUBLE_ABOVE_LARGEST_BYTES = 200 * KIB

/**
 * Index bits, 4 to 12. At the start (`current` null) the fewest with a mean page of at most 20 KiB; later the
 * current ones until the mean exceeds 24 KiB or the largest page 200 KiB, then one more, until the mean fits.
 * Never fewer than now: shrinking would rewrite all pages to save little.
 */
export function chooseBits({ totalBytes, largestBytes }: PageSizes, current: number | null): number {
  const mean = (bits: number) => totalBytes / 2 ** bits
  let bits = current ?? MIN_BITS
  if (current === null) while (bits < MAX_BITS && mean(bits) > TARGET_MEAN_BYTES) bits++
  else if (mean(bits) > DOUBLE_ABOVE_MEAN_BYTES || largestBytes > DOUBLE_ABOVE_LARGEST_BYTES) {
    bits++
    while (mean(bits) > DOUBLE_ABOVE_MEAN_BYTES) bits++
  }
  return Math.min(bits, MAX_BITS)
}
