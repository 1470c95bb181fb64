/** The Ed25519 key of a publishing product. */
import { isKid } from './envelope.ts'
import { FlagsError } from './errors.ts'
import type { WebKey } from './keys.ts'

/** A product's signing key: one per product and environment, used for heads only. */
export interface FlagSigningKey {
  readonly kid: string
  readonly privateKey: WebKey
}

/**
 * Imports an Ed25519 private JWK with a `kid` (RFC 8037), given as JSON. Throws `key_invalid`; the message
 * never holds the key.
 */
export async function importSigningKey(json: string): Promise<FlagSigningKey> {
  try {
    const { kid, d, x } = JSON.parse(json) as Readonly<Record<string, unknown>>
    if (typeof kid === 'string' && isKid(kid) && typeof d === 'string' && typeof x === 'string') {
      const jwk = { kty: 'OKP', crv: 'Ed25519', d, x }
      return {
        kid,
        privateKey: await crypto.subtle.importKey('jwk', jwk, { name: 'Ed25519' }, false, ['sign']),
      }
    }
  } catch {
    // Falls through to the one message: a parser's own might quote the key.
  }
  throw new FlagsError(
    'key_invalid',
    'The signing key has the wrong form: it must be an Ed25519 private JWK (kty OKP) with kid, d and x, as JSON',
  )
}
