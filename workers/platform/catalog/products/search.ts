/** Full-text search over products (SQLite FTS5), always as new as the registration. */
import type { Contract, Field } from '@meshloop/contract'

/** Statements that replace the product's entry; they belong into the transaction that registers it. */
export function searchEntry(db: D1Database, contract: Contract, major: number): D1PreparedStatement[] {
  const fields = Object.entries(contract.fields).map(([name, field]) => `${name}: ${wordsOf(field)}`)
  const { id, title, purpose, limitations = '', owner } = contract
  return [
    db.prepare('DELETE FROM product_search WHERE product = ?1 AND major = ?2').bind(id, major),
    db
      .prepare(
        `INSERT INTO product_search (id, title, purpose, fields, owner, major, product)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?1)`,
      )
      .bind(id, title, `${purpose} ${limitations}`, fields.join('\n'), owner.team, major),
  ]
}

/** What the field is called, in every way, and what it means; its members too. */
function wordsOf({ means, name = '', synonyms = [], fields = {}, items }: Field): string {
  const inner = [...Object.entries(fields), ...(items ? [['', items] as const] : [])]
  return [name, ...synonyms, means, ...inner.map(([member, field]) => `${member} ${wordsOf(field)}`)].join(
    ' ',
  )
}

/** A hit, best first. */
export interface Hit {
  readonly id: string
  readonly major: number
}

/** Products with all words of `text`; the last word may be a beginning. None if there is no word in it. */
export async function searchProducts(db: D1Database, text: string): Promise<readonly Hit[]> {
  const query = matchQuery(text)
  if (query === undefined) return []
  const { results } = await db
    .prepare(
      // A hit in the name says more than one in a field's meaning.
      `SELECT product AS id, major FROM product_search WHERE product_search MATCH ?1
       ORDER BY bm25(product_search, 8.0, 6.0, 3.0, 1.0, 2.0) LIMIT 50`,
    )
    .bind(query)
    .all<Hit>()
  return results
}

/** FTS5 has a query language of its own; quoted words are only words. */
function matchQuery(text: string): string | undefined {
  const words = text.match(/[\p{L}\p{N}]+/gu)?.slice(0, 8)
  return words?.map((word) => `"${word.slice(0, 40)}"*`).join(' ')
}
