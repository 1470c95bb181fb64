/** The life of a major: when it came, and when it goes. */

/** A day, YYYY-MM-DD, in UTC. */
export type Day = `${number}-${number}-${number}`

/** Days on which the promises of a major change. A later one may be announced at any time, an earlier one breaks. */
export interface Lifecycle {
  /** From here on the product may be relied on. */
  readonly generalAvailability?: Day
  /** From here on new consumers should take the next major: the `Deprecation` header (RFC 9745). */
  readonly deprecated?: Day
  /** Until here problems are mended. */
  readonly endOfSupport?: Day
  /** Until here it answers: the `Sunset` header (RFC 8594). */
  readonly endOfLife?: Day
}
