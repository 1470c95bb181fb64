/** Claims of tokens that were verified before, so that a repeat costs one hash instead of a signature check. */
import type { AccessClaims } from './claims.ts'

/** A bounded memory of verified tokens. */
export interface ClaimsCache {
  /** Undefined once the token has ended. */
  get(key: string): AccessClaims | undefined
  set(key: string, claims: AccessClaims): void
}

/** Keeps at most `size` entries; the one that was not used for the longest time goes first. `now`: milliseconds since 1970. */
export function createClaimsCache(size: number, now: () => number): ClaimsCache {
  const entries = new Map<string, AccessClaims>()
  return {
    get(key) {
      const claims = entries.get(key)
      if (!claims) return undefined
      entries.delete(key)
      if (claims.exp * 1000 <= now()) return undefined
      entries.set(key, claims)
      return claims
    },
    set(key, claims) {
      entries.set(key, claims)
      const oldest = entries.keys().next()
      if (entries.size > size && !oldest.done) entries.delete(oldest.value)
    },
  }
}
