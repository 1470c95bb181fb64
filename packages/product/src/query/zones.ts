/** The clocks of time zones, asked of the runtime: it knows the IANA database, with its past and its rules for what comes. */
import type { ZoneSpan } from '../store/buckets.ts'

const DAY_MS = 86_400_000
/** No zone sets its clocks back and forth within so few days. */
const STEP_MS = 3 * DAY_MS
/** Before, towns had their own time; afterwards nobody knows. */
const [EARLIEST_MS, LATEST_MS] = [Date.UTC(1850, 0, 1), Date.UTC(2150, 0, 1)]

/** Whether the runtime knows a zone of this name: `Europe/Berlin`. Mere offsets are no zones: they know no summer. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name) || name.length > 64) return false
  try {
    return offsetsOf(name)(0) !== undefined
  } catch {
    return false
  }
}

/** The spans of a zone between two moments, in ms, in their order. The zone is one that {@link isTimeZone}. */
export function zoneSpans(zone: string, fromMs: number, toMs: number): ZoneSpan[] {
  const offsetAt = offsetsOf(zone)
  const clamped = (ms: number): number => Math.min(Math.max(ms, EARLIEST_MS), LATEST_MS)
  let at = clamped(fromMs)
  let offsetSeconds = offsetAt(at)
  const spans: ZoneSpan[] = [{ from: '', offsetSeconds }]
  const end = clamped(toMs)
  while (at < end) {
    const next = Math.min(at + STEP_MS, end)
    if (offsetAt(next) === offsetSeconds) at = next
    else {
      at = changeBetween(offsetAt, at, next)
      offsetSeconds = offsetAt(at)
      spans.push({ from: new Date(at).toISOString(), offsetSeconds })
    }
  }
  return spans
}

type OffsetAt = (ms: number) => number

/** The first second at which the offset is no longer that of `before`. */
function changeBetween(offsetAt: OffsetAt, before: number, after: number): number {
  const offset = offsetAt(before)
  let [low, high] = [Math.floor(before / 1000), Math.ceil(after / 1000)]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle * 1000) === offset) low = middle
    else high = middle
  }
  return high * 1000
}

/** Offsets of a zone in seconds, as `GMT+00:53:28` says them. @throws {RangeError} of a zone that nobody knows. */
function offsetsOf(zone: string): OffsetAt {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  return (ms) => {
    const [, sign, hours, minutes, seconds] =
      /GMT(?:([+-])(\d+):(\d+)(?::(\d+))?)?$/.exec(format.format(ms)) ?? []
    const offset = Number(hours ?? 0) * 3_600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)
    return sign === '-' ? -offset : offset
  }
}
