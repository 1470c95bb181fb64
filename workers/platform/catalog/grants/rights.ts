/** What a client may do with a product: from its kind, and from its grant under the contract of the moment. */
import { viewOf, type Scope, type View } from '@meshloop/access/claims'
import { findSourceRight, sourceNameOf, type Client } from '../clients/client-store.ts'
import type { Product } from '../products/product.ts'
import { findGrant } from './grant-store.ts'
import { holds, type Grant } from './grant.ts'
import { isOpenTo } from './sight.ts'
import { viewUnder } from './view-under.ts'

/** Rights of one client to one product. */
export interface Rights {
  readonly scopes: readonly Scope[]
  /** What it rests on: the grant of a consumer, or the client of a source. No token of it is good for longer than `ends_at` (RFC 3339; null: for ever). */
  readonly grant?: Pick<Grant, 'id' | 'version' | 'ends_at' | 'rows_per_day'>
  /** With scope `read` or `aggregate`. */
  readonly view?: View
  /** With scope `ingest`. */
  readonly source?: string
  /** Why there is no scope although there is a grant. */
  readonly reason?: string
}

/** Rights of `client` to `product` at a moment (RFC 3339); no scopes at all if it has none. */
export async function rightsOf(
  db: D1Database,
  client: Client,
  product: Product,
  at: string,
): Promise<Rights> {
  if (client.kind === 'steward') return { scopes: ['run', 'check', 'flags'] }
  if (client.kind === 'source') {
    const right = await findSourceRight(db, client, product.id)
    return right
      ? {
          scopes: ['ingest'],
          source: sourceNameOf(client),
          grant: { ...right, ends_at: null, rows_per_day: null },
        }
      : { scopes: [] }
  }
  // An internal product stays inside its domain, whatever was granted before it became one.
  if (!isOpenTo(product, client.domain)) return { scopes: [] }
  const grant = await findGrant(db, { consumer: client.id, product: product.id, major: product.major })
  if (!grant) return { scopes: [] }
  const { id, version, ends_at, rows_per_day, revoked_at, scopes } = grant
  if (revoked_at !== null) return { scopes: [], reason: `the grant was revoked at ${revoked_at}` }
  if (!holds(grant, at)) return { scopes: [], reason: `the grant ended at ${ends_at}` }
  if (!scopes.includes('read') && !scopes.includes('aggregate'))
    return { scopes, grant: { id, version, ends_at, rows_per_day } }
  const view = viewUnder(product.contract, grant)
  if ('reason' in view) return { scopes: [], reason: view.reason }
  return { scopes, grant: { id, version, ends_at, rows_per_day }, view: await viewOf(view) }
}
