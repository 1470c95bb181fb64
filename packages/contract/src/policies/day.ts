/** Counting days. */
import type { Day } from '../definition/lifecycle.ts'

const DAY_MS = 86_400_000

/** Days from one day to another; negative when that is earlier. */
export const daysBetween = (from: Day, to: Day): number => (Date.parse(to) - Date.parse(from)) / DAY_MS
