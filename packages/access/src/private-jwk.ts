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

/** Parses the JSON of a secret such as `ISSUER_KEY`; `name` is for the message. Throws `private_key_invalid`. */
export function parsePrivateJwk(text: string, name: string): PrivateJwk {
  const jwk = privateJwkSchema.safeParse(jsonOf(text))
  if (jwk.success) return jwk.data
  throw new AccessError(
    'private_key_invalid',
    `${name} is not an Ed25519 private key as JSON ({kty, crv, x, d, kid}). Set the secret again.`,
  )
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
