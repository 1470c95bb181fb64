/** How often the steward has its rounds, which bounds what freshness can be promised and proved. */

/** The steward's interval: one minute, in milliseconds. */
export const STEWARD_INTERVAL_MS = 60_000
