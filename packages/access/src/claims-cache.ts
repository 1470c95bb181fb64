/** Claims of tokens that were verified before, so that a repeat costs a look into a map instead of a signature check. */
import type { AccessClaims } from './claims.ts'

/** A bounded memory of verified tokens, by the headers that they came in. */
export interface ClaimsCache {
  /** Undefined once the token has ended. */
  get(authorization: string): AccessClaims | undefined
  set(authorization: string, claims: AccessClaims): void
}

/** Keeps at most `size` entries; the one that was not used for the longest time goes first. `now`: milliseconds since 1970. */
export function createClaimsCache(size: number, now: () => number): ClaimsCache {
  const entries = new Map<string, AccessClaims>()
  /** Whose place is the last already. */
  let newest: AccessClaims | undefined
  return {
    get(authorization) {
      const claims = entries.get(authorization)
      if (!claims) return undefined
      const isOver = claims.exp * 1000 <= now()
      if (!isOver && claims === newest) return claims
      entries.delete(authorization)
      if (isOver) return undefined
      entries.set(authorization, claims)
      newest = claims
      return claims
    },
    set(authorization, claims) {
      entries.set(authorization, claims)
      newest = claims
      const oldest = entries.keys().next()
      if (entries.size > size && !oldest.done) entries.delete(oldest.value)
    },
  }
}
