/** When a cron expression is due: five fields in UTC with numbers, `*`, ranges, lists and steps. */

/** First and last value of minute, hour, day of month, month, day of week (1 = Sunday, as Cloudflare counts). */
const bounds = [
  { first: 0, last: 59 },
  { first: 0, last: 23 },
  { first: 1, last: 31 },
  { first: 1, last: 12 },
  { first: 1, last: 7 },
] as const

/** True for an expression that `isDue` understands. Cloudflare's names, `L`, `W` and `#` are not among them. */
export const isCron = (cron: string): boolean => {
  const fields = cron.trim().split(/\s+/)
  return (
    fields.length === bounds.length &&
    fields.every((field) => /^(\*|\d+(-\d+)?)(\/\d+)?(,(\*|\d+(-\d+)?)(\/\d+)?)*$/.test(field))
  )
}

/** True when `cron` names the minute of `at`. Every field must match. */
export function isDue(cron: string, at: Date): boolean {
  const now = [
    at.getUTCMinutes(),
    at.getUTCHours(),
    at.getUTCDate(),
    at.getUTCMonth() + 1,
    at.getUTCDay() + 1,
  ]
  const fields = cron.trim().split(/\s+/)
  return bounds.every((bound, index) => matches(fields[index] ?? '*', now[index] ?? 0, bound))
}

function matches(field: string, value: number, bound: { first: number; last: number }): boolean {
  return field.split(',').some((part) => {
    const [range = '*', step] = part.split('/')
    const [from, to] = range === '*' ? [bound.first, bound.last] : range.split('-').map(Number)
    const first = from ?? bound.first
    const last = to ?? (step === undefined ? first : bound.last)
    return value >= first && value <= last && (value - first) % Number(step ?? 1) === 0
  })
}
