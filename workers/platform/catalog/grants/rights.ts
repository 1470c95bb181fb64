/** What a client may do with a product: from its kind and from its grant. */
import type { Scope, View } from '@meshloop/access/claims'
import type { Product } from '../products/product.ts'
import type { Client } from '../clients/client-store.ts'
import { findGrant, type Grant } from './grant-store.ts'

/** Rights of one client to one product. */
export interface Rights {
  readonly scopes: readonly Scope[]
  /** With scope `read`. */
  readonly grant?: Pick<Grant, 'id' | 'version'>
  /** With scope `read`. */
  readonly view?: View
  /** With scope `ingest`. */
  readonly source?: string
}

/** Rights of `client` to `product`; no scopes at all if it has none. */
export async function rightsOf(db: D1Database, client: Client, product: Product): Promise<Rights> {
  if (client.kind === 'steward') return { scopes: ['run', 'check', 'flags'] }
  if (client.kind === 'source') {
    return client.products.includes(product.id)
      ? { scopes: ['ingest'], source: lastPart(client.id) }
      : { scopes: [] }
  }
  // An internal product stays inside its domain, whatever was granted before it became one.
  if (product.contract.visibility === 'internal' && client.domain !== product.domain) return { scopes: [] }
  const grant = await findGrant(db, { consumer: client.id, product: product.id, major: product.major })
  if (!grant) return { scopes: [] }
  const { id, version, scopes, view } = grant
  return { scopes, ...(scopes.includes('read') ? { grant: { id, version }, view } : {}) }
}

/** `purchase.orders.cdnow` sends as the source `cdnow`, `shop.simulator` as `simulator` to each of its products. */
const lastPart = (id: string): string => id.slice(id.lastIndexOf('.') + 1)
