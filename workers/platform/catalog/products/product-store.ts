/** Registered products: one row for each major, and the search index that is written with it. */
import { majorOf, type Contract } from '@meshloop/contract'
import { searchEntry } from './search.ts'

/** A registered major of a product. */
export interface Product {
  readonly id: string
  readonly major: number
  readonly domain: string
  /** Base URL, with the major; the audience of its tokens. */
  readonly url: string
  readonly contract: Contract
  /** SHA-256 of the canonical contract, base64url. */
  readonly contract_hash: string
  /** Client that registered it last. */
  readonly registered_by: string
  readonly registered_at: string
  readonly updated_at: string
}

type ProductRow = Omit<Product, 'contract'> & { readonly contract: string }

const columns = 'id, major, domain, url, contract, contract_hash, registered_by, registered_at, updated_at'

/** What registering needs to know. */
export type Registration = Pick<Product, 'contract' | 'contract_hash' | 'url' | 'registered_by'> & {
  readonly at: string
}

/** Registers the product, or changes what is registered, together with its search entry. The same again changes nothing. */
export async function putProduct(db: D1Database, registration: Registration): Promise<void> {
  const { contract, contract_hash, url, registered_by, at } = registration
  const major = majorOf(contract)
  const domain = domainOf(contract.id)
  await db.batch([
    db
      .prepare(
        `INSERT INTO products (${columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)
         ON CONFLICT (id, major) DO UPDATE SET url = excluded.url, contract = excluded.contract,
           contract_hash = excluded.contract_hash, registered_by = excluded.registered_by, updated_at = excluded.updated_at
         WHERE (url, contract_hash) IS NOT (excluded.url, excluded.contract_hash)`,
      )
      .bind(contract.id, major, domain, url, JSON.stringify(contract), contract_hash, registered_by, at),
    ...searchEntry(db, contract, major),
  ])
}

/** The greatest major of a product, or the one that is asked for; null if it is not registered. */
export async function findProduct(db: D1Database, id: string, major?: number): Promise<Product | null> {
  const row = await db
    .prepare(
      `SELECT ${columns} FROM products WHERE id = ?1 AND (?2 IS NULL OR major = ?2) ORDER BY major DESC LIMIT 1`,
    )
    .bind(id, major ?? null)
    .first<ProductRow>()
  return row && productOf(row)
}

/** The product at exactly that base URL. */
export async function findProductByUrl(db: D1Database, url: string): Promise<Product | null> {
  const row = await db.prepare(`SELECT ${columns} FROM products WHERE url = ?1`).bind(url).first<ProductRow>()
  return row && productOf(row)
}

/** All registered majors by domain and id, at most 500. */
export async function listProducts(db: D1Database): Promise<readonly Product[]> {
  const { results } = await db
    .prepare(`SELECT ${columns} FROM products ORDER BY domain, id, major LIMIT 500`)
    .all<ProductRow>()
  return results.map(productOf)
}

/** `purchase` of `purchase.orders`. */
export const domainOf = (id: string): string => id.slice(0, id.indexOf('.'))

function productOf(row: ProductRow): Product {
  // Written by putProduct, from a contract that readContract accepted.
  return { ...row, contract: JSON.parse(row.contract) as Contract }
}
