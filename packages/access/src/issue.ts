/** What an issuer of tokens does: sign them, publish its keys and its metadata, and know client keys. */
import { SignJWT } from 'jose'
import { claimsSchema, scopes, type AccessClaims } from './claims.ts'
import type { PrivateJwk } from './private-jwk.ts'

export { createClientKey, equalHashes, hashClientKey, parseClientKey, type ClientKey } from './client-key.ts'
export { generatePrivateJwk, parsePrivateJwk, type PrivateJwk } from './private-jwk.ts'

/** Signs an access token (RFC 9068). The claims are checked first: a token that no product accepts is a bug here. */
export async function signAccessToken(key: PrivateJwk, claims: AccessClaims): Promise<string> {
  return new SignJWT(claimsSchema.parse(claims))
    .setProtectedHeader({ alg: 'Ed25519', typ: 'at+jwt', kid: key.kid })
    .sign(key)
}

/** The public half of the issuer's keys, as `/.well-known/jwks.json` serves it (RFC 7517). */
export function jwksDocument(keys: readonly PrivateJwk[]) {
  return {
    keys: keys.map(({ kty, crv, x, kid }) => ({ kty, crv, x, kid, alg: 'Ed25519', use: 'sig' }) as const),
  }
}

/** Metadata of the authorization server (RFC 8414). `issuer` has no slash at its end. */
export function serverMetadata(issuer: string) {
  return {
    issuer,
    token_endpoint: `${issuer}/oauth/token`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    grant_types_supported: ['client_credentials'],
    response_types_supported: [],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    scopes_supported: [...scopes],
  }
}
