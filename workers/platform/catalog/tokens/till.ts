/** What every token is sold with: the catalog's name, its keys, the clock. */
import { parsePrivateJwks, type PrivateJwks } from '@meshloop/access/issue'
import type { CatalogEnv, World } from '../env.ts'
import { CatalogError } from '../problems.ts'

/** It. */
export interface Till {
  readonly issuer: string
  readonly keys: PrivateJwks
  /** Milliseconds since 1970. */
  readonly now: number
  readonly newId: () => string
}

/** A token that was sold. */
export interface Sold {
  readonly token: string
  readonly scope: string
  readonly expiresInSeconds: number
}

/** The till of a moment. Throws AccessError `private_key_invalid`. */
export const tillOf = (env: CatalogEnv, { now, newId }: Pick<World, 'now' | 'newId'>): Till => ({
  issuer: env.ISSUER,
  keys: parsePrivateJwks(env.ISSUER_KEY, 'ISSUER_KEY'),
  now: now(),
  newId,
})

/**
 * When a token begins and ends, in seconds since 1970: after its lifetime, or with what it rests on (RFC 3339). Throws CatalogError
 * `right_missing` if that is within this second.
 */
export function lifeOf(now: number, lifetimeSeconds: number, ends: readonly (string | null)[]) {
  const iat = Math.floor(now / 1000)
  const limits = ends.flatMap((end) => (end === null ? [] : [Math.floor(Date.parse(end) / 1000)]))
  const exp = Math.min(iat + lifetimeSeconds, ...limits)
  if (exp > iat) return { iat, exp } as const
  throw new CatalogError('right_missing', 'What allows it has just ended.')
}
