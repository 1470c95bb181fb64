/** Makes the access token that a client's rights allow. */
import type { Scope } from '@meshloop/access/claims'
import { signAccessToken } from '@meshloop/access/issue'
import type { Rights } from '../grants/rights.ts'
import type { Product } from '../products/product.ts'
import { lifeOf, type Sold, type Till } from './till.ts'

/** How long a token of a product lives at most. */
const lifetimeSeconds = 600

/** What a token is made of. */
export interface Sale {
  /** Whose rights it holds. */
  readonly subject: string
  /** Who acts for the subject, if it is not the subject itself. */
  readonly agent?: string
  readonly product: Pick<Product, 'id' | 'major' | 'url'>
  readonly rights: Rights
  /** What of the rights the token holds: at least one. */
  readonly scopes: readonly Scope[]
  /** Ids of the client keys that buy it. */
  readonly keys: readonly string[]
  /** It lives no longer than any of these moments (RFC 3339). */
  readonly ends: readonly (string | null)[]
}

/** Signs it. The view and the quota go along only where the token shows data, the source only where it may send. Throws as `lifeOf`. */
export async function sellToken(till: Till, sale: Sale): Promise<Sold> {
  const { subject, agent, product, rights, scopes, keys, ends } = sale
  const showsData = scopes.includes('read') || scopes.includes('aggregate')
  const { grant, view } = rights
  const { iat, exp } = lifeOf(till.now, lifetimeSeconds, [...ends, grant?.ends_at ?? null])
  const scope = scopes.join(' ')
  const token = await signAccessToken(till.keys.signing, {
    iss: till.issuer,
    aud: product.url,
    sub: subject,
    client_id: agent ?? subject,
    jti: till.newId(),
    iat,
    exp,
    scope,
    product: product.id,
    major: product.major,
    ...(grant ? { grant: { id: grant.id, version: grant.version } } : {}),
    ...(showsData ? { view } : {}),
    ...(showsData && grant && grant.rows_per_day !== null ? { rows_per_day: grant.rows_per_day } : {}),
    ...(scopes.includes('ingest') ? { source: rights.source } : {}),
    ...(keys.length > 0 ? { keys } : {}),
    ...(agent === undefined ? {} : { act: { sub: agent } }),
  })
  return { token, scope, expiresInSeconds: exp - iat }
}
