/** Registered products: one row for each major, with its history and the search index that are written with it. */
import { majorOf, type Contract } from '@meshloop/contract'
import { CatalogError } from '../problems.ts'
import { backfillHistory, historyEntry, type Judgement } from './history-store.ts'
import { domainOf, type Product, type Registration } from './product.ts'
import { searchEntry } from './search.ts'

type ProductRow = Omit<Product, 'contract'> & { readonly contract: string }

const columns = 'id, major, domain, url, contract, contract_hash, registered_by, registered_at, updated_at'

/**
 * Registers a contract that was judged against the one with the hash `previous` (null: none of this major was registered),
 * together with its history and its search entry. Throws CatalogError `registration_overtaken` if another is there by now.
 */
export async function putProduct(
  db: D1Database,
  registration: Registration,
  judgement: Judgement & { readonly previous: string | null },
): Promise<void> {
  const { contract, contract_hash, url, registered_by, at } = registration
  const major = majorOf(contract)
  const [, written] = await db.batch([
    backfillHistory(db, contract.id, major),
    // Everything else in this transaction follows from this row: it is only written on top of what was judged.
    historyEntry(db, registration, judgement),
    db
      .prepare(
        `INSERT INTO products (${columns})
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8 WHERE ${isRegistered}
         ON CONFLICT (id, major) DO UPDATE SET url = excluded.url, contract = excluded.contract,
           contract_hash = excluded.contract_hash, registered_by = excluded.registered_by, updated_at = excluded.updated_at`,
      )
      .bind(
        contract.id,
        major,
        domainOf(contract.id),
        url,
        JSON.stringify(contract),
        contract_hash,
        registered_by,
        at,
        contract.version,
      ),
    ...searchEntry(db, contract, major),
  ])
  if (written?.meta.changes === 0) {
    throw new CatalogError(
      'registration_overtaken',
      `Another contract of ${contract.id} ${major} was registered while this one was judged.`,
    )
  }
}

/** That the history has this very contract under this version. */
const isRegistered =
  'EXISTS (SELECT 1 FROM registrations WHERE product = ?1 AND version = ?9 AND contract_hash = ?6)'

/** Notes where a product of an unchanged contract answers now. The same address again changes nothing. */
export async function moveProduct(
  db: D1Database,
  { id, major }: Pick<Product, 'id' | 'major'>,
  { url, registered_by, at }: Pick<Registration, 'url' | 'registered_by' | 'at'>,
): Promise<void> {
  await db
    .prepare(
      `UPDATE products SET url = ?3, registered_by = ?4, updated_at = ?5 WHERE id = ?1 AND major = ?2 AND url <> ?3`,
    )
    .bind(id, major, url, registered_by, at)
    .run()
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
