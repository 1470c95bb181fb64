/**
 * Mesh tokens: what a consumer hands to an agent that shall act for it. An access token (RFC 9068) for the catalog itself, which
 * exchanges it for a token of one product (RFC 8693). No product takes it: it is for another audience and names no product.
 */
import { errors, jwtVerify, SignJWT } from 'jose'
import * as z from 'zod'
import { AccessError } from './access-error.ts'
import { clientIdSchema } from './claims.ts'
import type { PrivateJwk } from './private-jwk.ts'

/** The one scope of a mesh token: it reads nothing by itself. */
export const meshScope = 'exchange'

const maxTokenChars = 4_096

const meshClaimsSchema = z.object({
  iss: z.string().min(1),
  /** The catalog: the same as `iss`. */
  aud: z.string().min(1),
  /** The consumer that it stands for, and that bought it. */
  sub: clientIdSchema,
  client_id: clientIdSchema,
  jti: z.string().min(1),
  iat: z.int(),
  exp: z.int(),
  scope: z.literal(meshScope),
  /** The one client that may exchange it (RFC 8693, section 4.4). */
  may_act: z.object({ sub: clientIdSchema }),
  /** Ids of the client keys that bought it. */
  keys: z.array(z.string().min(1).max(64)).min(1).max(3).readonly(),
})

/** Claims of a mesh token; `iat` and `exp` are in seconds since 1970. */
export type MeshClaims = Readonly<z.output<typeof meshClaimsSchema>>

/** Signs a mesh token with a key that signs access tokens. */
export async function signMeshToken(key: PrivateJwk, claims: MeshClaims): Promise<string> {
  return new SignJWT(meshClaimsSchema.parse(claims))
    .setProtectedHeader({ alg: 'Ed25519', typ: 'at+jwt', kid: key.kid })
    .sign(key)
}

/** What {@link verifyMeshToken} compares with. */
export interface MeshTokenChecks {
  /** The keys that sign access tokens, now or before. */
  readonly keys: readonly PrivateJwk[]
  /** Base URL of the catalog. */
  readonly issuer: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/**
 * The claims of a mesh token. Whether its keys and its consumer still count is for the caller to look up: only the catalog
 * verifies one, and it knows. Throws AccessError `token_invalid`, `token_expired`.
 */
export async function verifyMeshToken(
  token: string,
  { keys, issuer, now }: MeshTokenChecks,
): Promise<MeshClaims> {
  const claims = meshClaimsSchema.safeParse(await signedPayload())
  if (!claims.success) throw refused('It is not a mesh token.')
  return claims.data

  async function signedPayload(): Promise<unknown> {
    if (token.length > maxTokenChars) throw refused('It is too long.')
    try {
      const { payload } = await jwtVerify(
        token,
        ({ kid }) => {
          const key = keys.find((each) => each.kid === kid)
          if (!key) throw refused('The catalog has no key of that kid.')
          return { kty: key.kty, crv: key.crv, x: key.x }
        },
        {
          algorithms: ['Ed25519'],
          typ: 'at+jwt',
          issuer,
          audience: issuer,
          requiredClaims: ['exp'],
          currentDate: new Date(now),
        },
      )
      return payload
    } catch (cause) {
      if (cause instanceof AccessError) throw cause
      if (cause instanceof errors.JWTExpired)
        throw new AccessError('token_expired', 'The mesh token has expired. Ask the consumer for a new one.')
      throw refused('It is not signed by the catalog for the catalog.', cause)
    }
  }
}

const refused = (reason: string, cause?: unknown): AccessError =>
  new AccessError(
    'token_invalid',
    `The mesh token is refused. ${reason} A consumer buys one with resource=<the catalog’s base URL>.`,
    { cause },
  )
