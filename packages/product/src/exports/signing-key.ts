/** The key that signs manifests: it follows from the database's secret, and goes wherever the data goes. */
import { canonicalJson, sha256 } from '@meshloop/contract'
import { hkdf } from '../store/secret.ts'

/** A key of {@link signingKey}. */
export interface ExportKey {
  readonly privateKey: CryptoKey
  /** As it stands in the key set (RFC 8037). */
  readonly publicJwk: Readonly<Record<'kty' | 'crv' | 'x' | 'kid' | 'alg' | 'use', string>>
}

/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410, section 7), in base64. */
const PKCS8 = 'MC4CAQAwBQYDK2VwBCIEIA=='

/** The Ed25519 key of a database (HKDF-SHA-256, RFC 5869). Its id is the beginning of its thumbprint (RFC 7638). */
export async function signingKey(secret: Uint8Array<ArrayBuffer>): Promise<ExportKey> {
  const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const bits = await crypto.subtle.deriveBits(hkdf('meshloop export manifests'), base, 256)
  const seed = new Uint8Array(bits)
  const pkcs8 = new Uint8Array([...Uint8Array.fromBase64(PKCS8), ...seed])
  const readable = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign'])
  const { x = '' } = (await crypto.subtle.exportKey('jwk', readable)) as JsonWebKey // a JWK, as it was asked for
  const kid = (await sha256(canonicalJson({ crv: 'Ed25519', kty: 'OKP', x }))).slice(0, 16)
  return {
    privateKey: await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']),
    publicJwk: { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' },
  }
}
