/** What an issuer of tokens does: sign them, publish its keys and its metadata, and know its clients. */
import { CompactSign, SignJWT } from 'jose'
import { assertionAlgorithm } from './assertion.ts'
import { auditTyp } from './audit.ts'
import { claimsSchema, scopes, type AccessClaims } from './claims.ts'
import { denialsSchema, denialsTyp, type Denials } from './denials.ts'
import { meshScope } from './mesh-token.ts'
import type { PrivateJwk } from './private-jwk.ts'

export { assertionType, readAssertion, signAssertion, thumbprintOf, verifyAssertion } from './assertion.ts'
export { createClientKey, equalHashes, hashClientKey, parseClientKey, type ClientKey } from './client-key.ts'
export { meshScope, signMeshToken, verifyMeshToken, type MeshClaims } from './mesh-token.ts'
export {
  generatePrivateJwk,
  parsePrivateJwk,
  parsePrivateJwks,
  type PrivateJwk,
  type PrivateJwks,
} from './private-jwk.ts'

/** `grant_type` with which an agent exchanges a token for one of its own (RFC 8693, section 2.1). */
export const exchangeGrantType = 'urn:ietf:params:oauth:grant-type:token-exchange'

/** `typ` of the tokens that products take (RFC 9068, section 2.1). */
const accessTokenTyp = 'at+jwt'

/** Signs an access token (RFC 9068). The claims are checked first: a token that no product accepts is a bug here. */
export async function signAccessToken(key: PrivateJwk, claims: AccessClaims): Promise<string> {
  return new SignJWT(claimsSchema.parse(claims))
    .setProtectedHeader({ alg: 'Ed25519', typ: accessTokenTyp, kid: key.kid })
    .sign(key)
}

/** Signs a denial list. */
export async function signDenials(key: PrivateJwk, denials: Denials): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(denialsSchema.parse(denials))))
    .setProtectedHeader({ alg: 'Ed25519', typ: denialsTyp, kid: key.kid })
    .sign(key)
}

/**
 * The public half of the issuer's keys, as `/.well-known/jwks.json` serves it (RFC 7517). Each names the one `typ` that it signs:
 * whoever stole a key forges nothing but that.
 */
export function jwksDocument(
  tokenKeys: readonly PrivateJwk[],
  denialsKey?: PrivateJwk,
  auditKeys: readonly PrivateJwk[] = [],
) {
  return {
    keys: [
      ...tokenKeys.map((key) => publicJwk(key, accessTokenTyp)),
      ...(denialsKey ? [publicJwk(denialsKey, denialsTyp)] : []),
      ...auditKeys.map((key) => publicJwk(key, auditTyp)),
    ],
  }
}

const publicJwk = ({ kty, crv, x, kid }: PrivateJwk, typ: string) =>
  ({ kty, crv, x, kid, alg: 'Ed25519', use: 'sig', typ }) as const

/** Metadata of the authorization server (RFC 8414). `issuer` has no slash at its end. */
export function serverMetadata(issuer: string) {
  return {
    issuer,
    token_endpoint: `${issuer}/oauth/token`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    grant_types_supported: ['client_credentials', exchangeGrantType],
    response_types_supported: [],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: [assertionAlgorithm],
    scopes_supported: [...scopes, meshScope],
    service_documentation: `${issuer}/problems`,
  }
}
