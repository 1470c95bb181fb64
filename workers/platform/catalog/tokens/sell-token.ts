/** Makes the access token that a client's rights allow. */
import type { Scope } from '@meshloop/access/claims'
import { signAccessToken, type PrivateJwk } from '@meshloop/access/issue'
import type { Product } from '../products/product.ts'
import type { Rights } from '../grants/rights.ts'

/** How long a token lives. */
export const lifetimeSeconds = 600

/** What a token is made of. */
export interface Sale {
  readonly key: PrivateJwk
  readonly issuer: string
  /** Milliseconds since 1970. */
  readonly now: number
  readonly tokenId: string
  readonly clientId: string
  readonly product: Pick<Product, 'id' | 'major' | 'url'>
  readonly rights: Rights
  /** What of the rights the token holds: at least one. */
  readonly scopes: readonly Scope[]
}

/** Signs it. The view goes along only where the token may read, the source only where it may send. */
export function sellToken({
  key,
  issuer,
  now,
  tokenId,
  clientId,
  product,
  rights,
  scopes,
}: Sale): Promise<string> {
  const iat = Math.floor(now / 1000)
  return signAccessToken(key, {
    iss: issuer,
    aud: product.url,
    sub: clientId,
    client_id: clientId,
    jti: tokenId,
    iat,
    exp: iat + lifetimeSeconds,
    scope: scopes.join(' '),
    product: product.id,
    major: product.major,
    ...(scopes.includes('read') ? { grant: rights.grant, view: rights.view } : {}),
    ...(scopes.includes('ingest') ? { source: rights.source } : {}),
  })
}
