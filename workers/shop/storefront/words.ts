/** Amounts and times in words. */

/** `€1,234.50`; the code in front of a currency without a sign of its own. */
export function money(cents: number, currency: string): string {
  const sign = { EUR: '€', GBP: '£', USD: '$' }[currency] ?? `${currency} `
  const [units = '0', rest = '00'] = (cents / 100).toFixed(2).split('.')
  return `${sign}${units.replace(/\B(?=(\d{3})+$)/g, ',')}.${rest}`
}

const steps = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
  { unit: 'second', ms: 1_000 },
] as const

/** `3 hours`, `1 day`; whole units, the greatest that fits. */
export function duration(ms: number): string {
  const step = steps.find((each) => ms >= each.ms)
  if (step === undefined) return 'a moment'
  const count = Math.floor(ms / step.ms)
  return `${count} ${step.unit}${count === 1 ? '' : 's'}`
}

/** `41.3 s`, `2 min 5 s`: a measured time. */
export function measured(ms: number): string {
  const tenths = Math.round(ms / 100)
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** `22 Nov 2026, 15:08 UTC` */
export function moment(ms: number): string {
  const [, day, month, year, time] =
    /^\w+, (\d+) (\w+) (\d+) (\d+:\d+)/.exec(new Date(ms).toUTCString()) ?? []
  return `${Number(day)} ${month} ${year}, ${time} UTC`
}
