/** `RateLimit-Policy` and `RateLimit`, as draft-ietf-httpapi-ratelimit-headers-11 writes them (structured fields, RFC 9651). */

/** One limit, and what is left of it. */
export interface LimitStanding {
  readonly name: 'requests' | 'rows'
  readonly quota: number
  readonly windowSeconds: number
  readonly left: number
  readonly secondsLeft: number
}

/** The two headers: what the limits are, and what is left of them. */
export interface LimitHeaders {
  readonly policy: string
  readonly standing: string
}

/** The headers of these limits. */
export function limitHeaders(limits: readonly LimitStanding[]): LimitHeaders {
  let policy = ''
  let standing = ''
  for (const { name, quota, windowSeconds, left, secondsLeft } of limits) {
    const comma = policy === '' ? '' : ', '
    // The unit is requests unless it is said.
    const unit = name === 'requests' ? '' : `;qu="${name}"`
    policy += `${comma}"${name}";q=${quota};w=${windowSeconds}${unit}`
    standing += `${comma}"${name}";r=${Math.max(0, left)};t=${Math.max(0, Math.ceil(secondsLeft))}`
  }
  return { policy, standing }
}
