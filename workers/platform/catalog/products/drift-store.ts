/** Since when a product serves another contract than the registered one: noted when the catalog first sees it, gone when it ends. */
import type { LiveStates } from './live-state.ts'
import type { Product } from './product.ts'

/** A product that does not serve what it promised. */
export interface Drift {
  readonly registered_hash: string
  readonly served_hash: string
  /** When the catalog first saw it; RFC 3339. */
  readonly since: string
}

interface DriftRow {
  readonly product: string
  readonly major: number
  readonly served_hash: string
  readonly since: string
}

/** Drifts by base URL. */
export type Drifts = ReadonlyMap<string, Drift>

/** Compares what was seen with what is noted, notes what is new, and gives the drifts of `products`. */
export async function noteDrifts(
  db: D1Database,
  products: readonly Product[],
  states: LiveStates,
  at: string,
): Promise<Drifts> {
  const noted = await readNoted(db)
  const drifts = new Map<string, Drift>()
  const changes: D1PreparedStatement[] = []
  for (const product of products) {
    const state = states.get(product.url)
    const before = noted.get(keyOf(product.id, product.major))
    if (state?.contract === 'as_registered' && before) changes.push(ended(db, product))
    if (state?.contract !== 'differs' || state.served_hash === null) continue
    const { served_hash } = state
    const known = before?.served_hash === served_hash
    if (!known) changes.push(began(db, product, served_hash, at))
    drifts.set(product.url, {
      registered_hash: product.contract_hash,
      served_hash,
      since: known ? before.since : at,
    })
  }
  if (changes.length > 0) await db.batch(changes)
  return drifts
}

async function readNoted(db: D1Database): Promise<ReadonlyMap<string, DriftRow>> {
  const { results } = await db
    .prepare('SELECT product, major, served_hash, since FROM drifts LIMIT 500')
    .all<DriftRow>()
  return new Map(results.map((row) => [keyOf(row.product, row.major), row]))
}

const began = (db: D1Database, { id, major }: Product, served: string, at: string): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO drifts (product, major, served_hash, since) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (product, major) DO UPDATE SET served_hash = excluded.served_hash, since = excluded.since`,
    )
    .bind(id, major, served, at)

const ended = (db: D1Database, { id, major }: Product): D1PreparedStatement =>
  db.prepare('DELETE FROM drifts WHERE product = ?1 AND major = ?2').bind(id, major)

const keyOf = (id: string, major: number): string => `${id} ${major}`
