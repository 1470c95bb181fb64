/** Claims of tokens that were verified before, so that a repeat costs a look into a map instead of a signature check. */
import type { AccessClaims } from './claims.ts'

/** A bounded memory of verified tokens. */
export interface ClaimsCache {
  /** Undefined once the token has ended. */
  get(token: string): AccessClaims | undefined
  set(token: string, claims: AccessClaims): void
}

/** Keeps at most `size` entries; the one that was not used for the longest time goes first. `now`: milliseconds since 1970. */
export function createClaimsCache(size: number, now: () => number): ClaimsCache {
  const entries = new Map<string, AccessClaims>()
  return {
    get(token) {
      const claims = entries.get(token)
      if (!claims) return undefined
      entries.delete(token)
      if (claims.exp * 1000 <= now()) return undefined
      entries.set(token, claims)
      return claims
    },
    set(token, claims) {
      entries.set(token, claims)
      const oldest = entries.keys().next()
      if (entries.size > size && !oldest.done) entries.delete(oldest.value)
    },
  }
}
