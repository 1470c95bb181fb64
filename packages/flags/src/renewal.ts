/** How long pages live in KV, and when to put one again. */
import { MAX_BITS, VALUE_TTL_SECONDS } from './limits.ts'

const HOUR_MS = 3_600_000
const RENEW_AFTER_MS = 24 * HOUR_MS
const JITTER_MS = 6 * HOUR_MS

/**
 * Whether a page is old enough to be put again: 24 to 30 hours after its last put, spread by its slot, so that
 * pages first put together are not renewed together. Times are Unix ms.
 */
export function pageIsDue(
  page: { readonly slot: number; readonly bits: number; readonly putAtMs: number },
  nowMs: number,
): boolean {
  const place = page.slot * 2 ** (MAX_BITS - page.bits)
  return nowMs >= page.putAtMs + RENEW_AFTER_MS + JITTER_MS * (place / 2 ** MAX_BITS)
}

/** Whether KV keeps a page put at `putAtMs` until an hour after a head that expires at `expires` (Unix ms). */
export function pageOutlives(putAtMs: number, expires: number): boolean {
  return putAtMs + VALUE_TTL_SECONDS * 1_000 >= expires + HOUR_MS
}
