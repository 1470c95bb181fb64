/**
 * Client keys: the long-lived secret that buys tokens, `ml_<environment>_<client id>_<32 random bytes>`.
 *
 * The environment and the id hold no underscore and the secret is exactly 43 characters, so a key splits in one
 * way only, although base64url has underscores of its own. The catalog stores the hash of the whole key.
 */
import { sha256 } from '@meshloop/contract'
import { base64url } from 'jose'
import { clientIdSchema } from './claims.ts'

/** A client key, taken apart. */
export interface ClientKey {
  /** `live`, `local`, … */
  readonly environment: string
  readonly clientId: string
}

/** A new key. `secret` is 32 random bytes. */
export function createClientKey(environment: string, clientId: string, secret: Uint8Array): string {
  const key = `ml_${environment}_${clientId}_${base64url.encode(secret)}`
  if (parseClientKey(key) === undefined) {
    throw new TypeError(
      `"${environment}" and "${clientId}" with ${secret.length} bytes do not make a client key.`,
    )
  }
  return key
}

/** Takes a key apart; undefined if it is none. Says nothing about whether the catalog knows it. */
export function parseClientKey(key: string): ClientKey | undefined {
  const match = /^ml_([a-z]{1,16})_([a-z0-9.-]{1,131})_[A-Za-z0-9_-]{43}$/.exec(key)
  if (!match?.[1] || !match[2] || !clientIdSchema.safeParse(match[2]).success) return undefined
  return { environment: match[1], clientId: match[2] }
}

/** What the catalog stores: SHA-256 of the whole key, base64url. */
export const hashClientKey = (key: string): Promise<string> => sha256(key)

/** Compares two hashes without telling by its time where they differ. */
export function equalHashes(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at)
  return difference === 0
}
