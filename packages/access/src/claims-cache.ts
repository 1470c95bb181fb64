/** Claims of tokens that were verified before, so that a repeat costs one hash instead of a signature check. */
import type { AccessClaims } from './claims.ts'

/** A bounded memory of verified tokens. */
export interface ClaimsCache {
  get(key: string): AccessClaims | undefined
  set(key: string, claims: AccessClaims): void
}

/** Keeps at most `size` entries; the one that was not used for the longest time goes first. */
export function createClaimsCache(size: number): ClaimsCache {
  const entries = new Map<string, AccessClaims>()
  return {
    get(key) {
      const claims = entries.get(key)
      if (claims) {
        entries.delete(key)
        entries.set(key, claims)
      }
      return claims
    },
    set(key, claims) {
      entries.set(key, claims)
      const oldest = entries.keys().next()
      if (entries.size > size && !oldest.done) entries.delete(oldest.value)
    },
  }
}
