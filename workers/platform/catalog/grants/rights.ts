/** What a client may do with a product: from its kind, and from its grant under the contract of the moment. */
import { viewOf, type Scope, type View } from '@meshloop/access/claims'
import { fittingFilter } from '@meshloop/access/fitting'
import type { Client } from '../clients/client-store.ts'
import type { Product } from '../products/product.ts'
import { mayShow } from './automatic.ts'
import { findGrant } from './grant-store.ts'
import { holds, type Grant } from './grant.ts'
import { isOpenTo } from './sight.ts'
import { fieldsShown } from './terms.ts'

/** Rights of one client to one product. */
export interface Rights {
  readonly scopes: readonly Scope[]
  /** With scope `read` or `aggregate`; a token of it does not outlive `ends_at` (RFC 3339). */
  readonly grant?: Pick<Grant, 'id' | 'version' | 'ends_at'>
  /** With scope `read` or `aggregate`. */
  readonly view?: View
  /** With scope `ingest`. */
  readonly source?: string
  /** Why there is no scope although there was a grant. */
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
    return client.products.includes(product.id)
      ? { scopes: ['ingest'], source: lastPart(client.id) }
      : { scopes: [] }
  }
  // An internal product stays inside its domain, whatever was granted before it became one.
  if (!isOpenTo(product, client.domain)) return { scopes: [] }
  const grant = await findGrant(db, { consumer: client.id, product: product.id, major: product.major })
  if (!grant) return { scopes: [] }
  if (!holds(grant, at)) return { scopes: [], reason: endOf(grant) }
  if (!grant.scopes.includes('read') && !grant.scopes.includes('aggregate')) return { scopes: grant.scopes }
  return rightsToRead(grant, product)
}

/** Never wider than what was granted: what no longer fits the contract is not shown, and conditions that do not fit show nothing. */
async function rightsToRead(grant: Grant, { contract }: Product): Promise<Rights> {
  const { id, version, ends_at, scopes } = grant
  const isShown = (name: string): boolean => {
    const field = contract.fields[name]
    return field !== undefined && mayShow(grant, field.class)
  }
  const all = Object.keys(contract.fields)
  const shown = (fieldsShown(contract, grant.view) ?? all).filter(isShown)
  const rows = grant.view.rows.flatMap((row) => fittingFilter(contract, row) ?? [])
  if (shown.length === 0)
    return {
      scopes: [],
      reason: `the grant shows no field that ${contract.id} ${contract.version} still has`,
    }
  if (rows.length < grant.view.rows.length || !rows.every(({ field }) => isShown(field)))
    return {
      scopes: [],
      reason: `the grant chooses rows in a way that ${contract.id} ${contract.version} no longer has`,
    }
  const isWhole = fieldsShown(contract, grant.view) === null && shown.length === all.length
  return {
    scopes,
    grant: { id, version, ends_at },
    view: await viewOf({ columns: isWhole ? null : shown, rows }),
  }
}

/** `purchase.orders.cdnow` sends as the source `cdnow`, `shop.simulator` as `simulator` to each of its products. */
const lastPart = (id: string): string => id.slice(id.lastIndexOf('.') + 1)

const endOf = ({ revoked_at, ends_at }: Grant): string =>
  revoked_at === null ? `the grant ended at ${ends_at}` : `the grant was revoked at ${revoked_at}`
