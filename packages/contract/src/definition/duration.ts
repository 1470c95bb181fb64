/** Durations as contracts write them: a subset of ISO 8601 without calendar units, so that each is a fixed time. */

/** `PT30S`, `PT5M`, `PT12H` or `P30D`. */
export type Duration = `PT${number}${'S' | 'M' | 'H'}` | `P${number}D`

const MS = { S: 1_000, M: 60_000, H: 3_600_000, D: 86_400_000 }

/** Milliseconds of a duration; undefined when it is none. */
export function durationMs(duration: string): number | undefined {
  const [, count, unit] = /^P(?:T(?=\d+[SMH]$))?(\d{1,6})([SMHD])$/.exec(duration) ?? []
  if (count === undefined || unit === undefined) return undefined
  if (duration.startsWith('PT') === (unit === 'D')) return undefined
  return Number(count) * MS[unit as keyof typeof MS] // the expression matches these four letters only
}
