/**
 * Client assertions: a source says who it is by a signature, so that nobody else ever holds what it signs with (RFC 7523;
 * `private_key_jwt` of OpenID Connect Core 1.0, section 9). The catalog knows the public key and takes each assertion once.
 */
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose'
import * as z from 'zod'
import { clientIdSchema } from './claims.ts'
import type { PrivateJwk } from './private-jwk.ts'

/** `client_assertion_type` of the form that carries one (RFC 7523, section 2.2). */
export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** The one algorithm that signs them. */
export const assertionAlgorithm = 'Ed25519'

const typ = 'client-authentication+jwt'
const lifetimeSeconds = 60
const maxLifetimeSeconds = 300
/** How far the source's clock may be from ours. */
const maxSkewSeconds = 60
const maxChars = 2_048

const claimsSchema = z.object({
  iss: clientIdSchema,
  sub: clientIdSchema,
  // One audience: what is meant for two could be used at the other.
  aud: z.string().min(1),
  jti: z.string().regex(/^[\x21-\x7e]{1,100}$/),
  exp: z.int(),
})
const kidSchema = z.string().min(1).max(64)

/** What an assertion is made of. */
export interface AssertionContent {
  readonly clientId: string
  /** Base URL of the catalog. */
  readonly issuer: string
  /** Unguessable, and never used before. */
  readonly id: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/** Signs an assertion that is good once, for a minute. The key's `kid` is its thumbprint, or the id under which the catalog keeps its public half. */
export async function signAssertion(
  key: PrivateJwk,
  { clientId, issuer, id, now }: AssertionContent,
): Promise<string> {
  const iat = Math.floor(now / 1000)
  return new SignJWT({ iss: clientId, sub: clientId, aud: issuer, jti: id, iat, exp: iat + lifetimeSeconds })
    .setProtectedHeader({ alg: assertionAlgorithm, typ, kid: key.kid })
    .sign(key)
}

/** Whose assertion it says it is, to look up the key: nothing of it is proved yet. Undefined if it is none. */
export function readAssertion(
  assertion: string,
): { readonly clientId: string; readonly kid: string } | undefined {
  if (assertion.length > maxChars) return undefined
  try {
    const claims = claimsSchema.safeParse(decodeJwt(assertion))
    const kid = kidSchema.safeParse(decodeProtectedHeader(assertion).kid)
    return claims.success && kid.success ? { clientId: claims.data.sub, kid: kid.data } : undefined
  } catch {
    return undefined
  }
}

/** How a source names a public key without having asked the catalog (RFC 7638); `x` is base64url. */
export const thumbprintOf = (x: string): Promise<string> =>
  calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x })

/** What {@link verifyAssertion} compares with. */
export interface AssertionChecks {
  readonly clientId: string
  /** The client's Ed25519 public key, base64url; undefined if it has none: then the work is the same, and nothing holds. */
  readonly publicKey: string | undefined
  /** Addresses under which the catalog is asked: its base URL, its token endpoint. */
  readonly audiences: readonly string[]
  /** Milliseconds since 1970. */
  readonly now: number
}

/** An assertion that holds. The caller remembers `id` until `forgetAt` (seconds since 1970), so that it counts once. */
export interface VerifiedAssertion {
  readonly id: string
  readonly forgetAt: number
}

/** Undefined if anything is wrong with it: one answer, so that a stranger learns nothing. */
export async function verifyAssertion(
  assertion: string,
  { clientId, publicKey, audiences, now }: AssertionChecks,
): Promise<VerifiedAssertion | undefined> {
  try {
    const { payload } = await jwtVerify(
      assertion,
      { kty: 'OKP', crv: 'Ed25519', x: publicKey ?? nobodysKey },
      {
        algorithms: [assertionAlgorithm],
        typ,
        issuer: clientId,
        subject: clientId,
        audience: [...audiences],
        clockTolerance: maxSkewSeconds,
        currentDate: new Date(now),
      },
    )
    const { jti, exp } = claimsSchema.parse(payload)
    const isTooLong = exp > now / 1000 + maxLifetimeSeconds + maxSkewSeconds
    return publicKey === undefined || isTooLong ? undefined : { id: jti, forgetAt: exp + maxSkewSeconds }
  } catch {
    return undefined
  }
}

/** The public key of RFC 8037, appendix A.1: its private half is printed there. */
const nobodysKey = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'
