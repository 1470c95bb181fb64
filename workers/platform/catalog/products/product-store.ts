/** Registered products as they are read: one row for each major. They are written in put-product.ts. */
import type { Contract } from '@meshloop/contract'
import type { Product } from './product.ts'

type ProductRow = Omit<Product, 'contract'> & { readonly contract: string }

const columns = 'id, major, domain, url, contract, contract_hash, registered_by, registered_at, updated_at'

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

/** Every major of one product, the newest first. */
export async function majorsOf(db: D1Database, id: string): Promise<readonly Product[]> {
  const { results } = await db
    .prepare(`SELECT ${columns} FROM products WHERE id = ?1 ORDER BY major DESC LIMIT 100`)
    .bind(id)
    .all<ProductRow>()
  return results.map(productOf)
}

/** Characters of all contracts that are read for one request: an isolate has 128 MB. */
const maxListedChars = 24_000_000

/**
 * All registered majors by domain and id, at most 500, without what they carry of foreign documents. If they are more, the
 * domains with most of them lose some; if they are too many to read at once, the longest contracts are left out: nobody
 * hides others' products behind many or huge ones.
 */
export async function listProducts(db: D1Database): Promise<readonly Product[]> {
  const { results } = await db
    .prepare(
      `WITH shared AS (
         SELECT id, major, row_number() OVER (PARTITION BY domain ORDER BY id, major DESC) AS place FROM products),
       listed AS (
         SELECT id, major, domain, url, json_remove(contract, '$.carried') AS contract, contract_hash, registered_by,
           registered_at, updated_at
         FROM shared JOIN products USING (id, major) ORDER BY place, domain LIMIT 500),
       measured AS (SELECT *, sum(length(contract)) OVER (ORDER BY length(contract), id, major) AS chars FROM listed)
       SELECT ${columns} FROM measured WHERE chars <= ?1 ORDER BY domain, id, major`,
    )
    .bind(maxListedChars)
    .all<ProductRow>()
  return results.map(productOf)
}

function productOf(row: ProductRow): Product {
  // Written by putProduct, from a contract that readContract accepted.
  return { ...row, contract: JSON.parse(row.contract) as Contract }
}
