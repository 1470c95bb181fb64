/** Units of time. The shop's calendar is UTC. */

/** In milliseconds, as all of them. */
export const MINUTE = 60_000
/** In milliseconds. */
export const HOUR = 60 * MINUTE
/** In milliseconds. */
export const DAY = 24 * HOUR
/** In milliseconds. */
export const WEEK = 7 * DAY
