/** Ed25519 private keys as JSON Web Keys (RFC 8037), the form in which secrets hold them. */
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import * as z from 'zod'
import { AccessError } from './access-error.ts'

const base64url32 = z.string().regex(/^[A-Za-z0-9_-]{43}$/)

const privateJwkSchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: base64url32,
  d: base64url32,
  kid: z.string().min(1).max(100),
})

/** A private key with its name; `d` is the secret. */
export type PrivateJwk = z.output<typeof privateJwkSchema>

/** Keys of one purpose, in rotation. */
export interface PrivateJwks {
  /** The one that signs. */
  readonly signing: PrivateJwk
  /** Those that verify: all. */
  readonly all: readonly PrivateJwk[]
}

/** Parses the JSON of a secret such as `ISSUER_KEY`; `name` is for the message. Throws `private_key_invalid`. */
export function parsePrivateJwk(text: string, name: string): PrivateJwk {
  const jwk = privateJwkSchema.safeParse(jsonOf(text))
  if (jwk.success) return jwk.data
  throw new AccessError(
    'private_key_invalid',
    `${name} is not an Ed25519 private key as JSON ({kty, crv, x, d, kid}). Set the secret again.`,
  )
}

/** Room for the key that signs, the next one, and some whose tokens still live. */
const maxKeys = 5

/**
 * Parses the JSON of a secret that holds one key or a set of them, `{keys: […]}`: the first signs, all verify. That is how a key
 * is rotated: publish the next one as the second, let it sign an hour later, drop the old one after another. Throws `private_key_invalid`.
 */
export function parsePrivateJwks(text: string, name: string): PrivateJwks {
  const set = z.object({ keys: z.array(privateJwkSchema).min(1).max(maxKeys) }).safeParse(jsonOf(text))
  const all = set.success ? set.data.keys : [parsePrivateJwk(text, name)]
  const [signing] = all
  if (!signing || new Set(all.map(({ kid }) => kid)).size < all.length)
    throw new AccessError('private_key_invalid', `${name}: two of its keys have the same kid.`)
  return { signing, all }
}

/** A new key pair. `kid` defaults to the key's thumbprint (RFC 7638). */
export async function generatePrivateJwk(kid?: string): Promise<PrivateJwk> {
  const { privateKey } = await generateKeyPair('Ed25519', { extractable: true })
  const jwk = await exportJWK(privateKey)
  return privateJwkSchema.parse({ ...jwk, kid: kid ?? (await calculateJwkThumbprint(jwk)) })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
