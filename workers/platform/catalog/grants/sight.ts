/** Who sees what of grants and requests: the owners of the product, and who speaks for the consumer. To others they are not there. */
import { findClient, type Client } from '../clients/client-store.ts'
import { decidesFor, speaksFor, type Actor } from '../people/actor.ts'
import { CatalogError } from '../problems.ts'
import { domainOf, type Product } from '../products/product.ts'
import { findProduct } from '../products/product-store.ts'
import { findGrantById } from './grant-store.ts'
import type { AccessRequest, Grant, Subject } from './grant.ts'
import { findRequest } from './request-store.ts'

/** Whom a grant or request is about. */
export type Consumer = Pick<Client, 'id' | 'domain'>

/** What the actor is to a grant or request: at least one of both. */
export interface Standing {
  /** Decides on the product. */
  readonly owns: boolean
  /** Speaks for the consumer. */
  readonly speaks: boolean
}

/** A grant or request that the actor sees. */
export interface Seen<T> extends Standing {
  readonly it: T
  readonly consumer: Consumer
}

/** The request of that id. Throws CatalogError `not_found`, the same for one that is not there and one of others. */
export async function requestSeen(db: D1Database, actor: Actor, id: string): Promise<Seen<AccessRequest>> {
  return seen(db, actor, await findRequest(db, id), 'request')
}

/** The grant of that id. Throws as {@link requestSeen}. */
export async function grantSeen(db: D1Database, actor: Actor, id: string): Promise<Seen<Grant>> {
  return seen(db, actor, await findGrantById(db, id), 'grant')
}

async function seen<T extends Subject>(
  db: D1Database,
  actor: Actor,
  it: T | null,
  what: string,
): Promise<Seen<T>> {
  // Asked also where there is nothing to see: time does not tell which ids exist.
  const client = await findClient(db, it?.consumer ?? '')
  if (it) {
    const consumer = client ?? { id: it.consumer, domain: domainOf(it.consumer) }
    const owns = decidesFor(actor, domainOf(it.product))
    const speaks = speaksFor(actor, consumer)
    if (owns || speaks) return { it, consumer, owns, speaks }
  }
  throw new CatalogError('not_found', `There is no such ${what}, or it is not yours to see.`)
}

/** The consumer that the actor speaks for. Throws CatalogError `consumer_unknown`, the same for one of others. */
export async function consumerOf(db: D1Database, actor: Actor, id: string): Promise<Consumer> {
  const client = await findClient(db, id)
  if (client?.kind === 'consumer' && speaksFor(actor, client)) return client
  throw new CatalogError('consumer_unknown', `There is no consumer ${id} that you speak for.`)
}

/**
 * The product's major, as a consumer finds it. Throws CatalogError `product_unknown`, the same for a product that stays
 * inside another domain.
 */
export async function productFor(
  db: D1Database,
  { domain }: Consumer,
  { product: id, major }: Pick<Subject, 'product' | 'major'>,
): Promise<Product> {
  const product = await findProduct(db, id, major)
  if (product && isOpenTo(product, domain)) return product
  throw new CatalogError('product_unknown', `There is no product ${id} with the major ${major}.`)
}

/** Whether consumers of a domain may read the product at all: an internal one stays inside its own. */
export const isOpenTo = ({ contract, domain: home }: Product, domain: string): boolean =>
  contract.visibility !== 'internal' || domain === home
