/** Incidents: a promise that is not kept, from its first breach until it is kept again. */
import type { Lease } from './lease.ts'
import type { Product } from './products.ts'

/** What a breach is about. */
export type Rule =
  | 'freshness'
  | 'drift'
  | 'quality'
  | 'flags_stopped'
  | 'flags_tampered'
  | 'flags_key_stolen'
  // of the catalog itself
  | 'audit'

/** A promise that is not kept right now. */
export interface Breach {
  readonly product: Pick<Product, 'id' | 'major'>
  readonly rule: Rule
  readonly detail: string
}

/** An incident as it is shown. Times are RFC 3339. */
export interface Incident {
  readonly rule: string
  readonly opened_at: string
  readonly closed_at: string | null
  readonly detail: string
}

const KEPT_MS = 92 * 86_400_000

/**
 * Opens an incident for each breach that is new and closes those of `rules` that are over. Products that are gone have
 * no promises left.
 *
 * @throws {LeaseLost}
 */
export async function settleIncidents(
  db: D1Database,
  lease: Lease,
  { rules, breaches, nowMs }: { rules: readonly Rule[]; breaches: readonly Breach[]; nowMs: number },
): Promise<void> {
  const at = new Date(nowMs).toISOString()
  const rows = JSON.stringify(
    breaches.map(({ product, rule, detail }) => [product.id, product.major, rule, detail]),
  )
  await lease.write([
    db
      .prepare(
        `UPDATE incidents SET closed_at = ?3 WHERE closed_at IS NULL AND rule IN (SELECT value FROM json_each(?2))
           AND (id, major, rule) NOT IN (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1))`,
      )
      .bind(rows, JSON.stringify(rules), at),
    db
      .prepare(
        `INSERT INTO incidents (id, major, rule, opened_at, detail)
         SELECT value ->> 0, value ->> 1, value ->> 2, ?2, value ->> 3 FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING`,
      )
      .bind(rows, at),
    db.prepare('DELETE FROM incidents WHERE closed_at < ?1').bind(new Date(nowMs - KEPT_MS).toISOString()),
  ])
}
