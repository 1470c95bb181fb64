/** How numbers, times and durations read on a page. */
import { durationMs } from '@meshloop/contract'

const count = new Intl.NumberFormat('en')

/** `69,659`. */
export const formatCount = (value: number): string => count.format(value)

/** `2026-11-20 14:03:22 UTC`. */
export const formatTime = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`

/** `41 s`, `12 min`, `3 h`, `2 d`: the greatest unit that fits, rounded down. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}

/** `5 min` for PT5M. */
export function formatDuration(duration: string): string {
  const ms = durationMs(duration)
  return ms === undefined ? duration : formatSeconds(Math.round(ms / 1000))
}
