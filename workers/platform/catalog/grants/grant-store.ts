/** Grants where they are kept: one row for each consumer and major, for ever; what is taken back stays and goes on counting. */
import type { Scope } from '@meshloop/access/claims'
import type { Class } from '@meshloop/contract'
import { guard } from '../audit/act.ts'
import type { Grant, Shown, Subject } from './grant.ts'

interface GrantRow extends Omit<Grant, 'scopes' | 'view'> {
  readonly scopes: string
  readonly view: string
  readonly classes: string | null
}

/** Columns of a grant's row. */
export const grantColumns =
  'id, consumer, product, major, purpose, scopes, view, classes, ends_at, version, decided_by, created_at, updated_at, revoked_at, rows_per_day'

/** The grant of that id; null if there is none. */
export async function findGrantById(db: D1Database, id: string): Promise<Grant | null> {
  const row = await db.prepare(`SELECT ${grantColumns} FROM grants WHERE id = ?1`).bind(id).first<GrantRow>()
  return row && grantOf(row)
}

/** The grant of that consumer for that major, whether it holds or not; null if there never was one. */
export async function findGrant(
  db: D1Database,
  { consumer, product, major }: Pick<Subject, 'consumer' | 'product' | 'major'>,
): Promise<Grant | null> {
  const row = await db
    .prepare(`SELECT ${grantColumns} FROM grants WHERE consumer = ?1 AND product = ?2 AND major = ?3`)
    .bind(consumer, product, major)
    .first<GrantRow>()
  return row && grantOf(row)
}

/** Grants that hold at a moment (RFC 3339), for one product or for all. At most 1,000. */
export async function listGrants(db: D1Database, at: string, product?: string): Promise<readonly Grant[]> {
  const { results } = await db
    .prepare(
      `SELECT ${grantColumns} FROM grants
       WHERE (?1 IS NULL OR product = ?1) AND revoked_at IS NULL AND (ends_at IS NULL OR ends_at > ?2)
       ORDER BY product, consumer LIMIT 1000`,
    )
    .bind(product ?? null, at)
    .all<GrantRow>()
  return results.map(grantOf)
}

/**
 * Statements that write the grant's next version on top of the one before it; the first fails the transaction when that is
 * no longer the newest.
 */
export function grantStatements(db: D1Database, grant: Grant): readonly D1PreparedStatement[] {
  const { consumer, product, major, version, view } = grant
  return [
    guard(
      db,
      'coalesce((SELECT version FROM grants WHERE consumer = ?1 AND product = ?2 AND major = ?3), 0) = ?4',
      consumer,
      product,
      major,
      version - 1,
    ),
    db
      .prepare(
        `INSERT INTO grants (${grantColumns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
         ON CONFLICT (consumer, product, major) DO UPDATE SET purpose = excluded.purpose, scopes = excluded.scopes,
           view = excluded.view, classes = excluded.classes, ends_at = excluded.ends_at, version = excluded.version,
           decided_by = excluded.decided_by, updated_at = excluded.updated_at, revoked_at = excluded.revoked_at,
           rows_per_day = excluded.rows_per_day`,
      )
      .bind(
        grant.id,
        consumer,
        product,
        major,
        grant.purpose,
        JSON.stringify(grant.scopes),
        JSON.stringify({ columns: view.columns, rows: view.rows }),
        view.classes && JSON.stringify(view.classes),
        grant.ends_at,
        version,
        grant.decided_by,
        grant.created_at,
        grant.updated_at,
        grant.revoked_at,
        grant.rows_per_day,
      ),
  ]
}

/** Gives all grants of a major a new version of the same terms, so that the tokens that were sold for them are denied. */
export const endTokensStatement = (
  db: D1Database,
  { id, major, at }: { readonly id: string; readonly major: number; readonly at: string },
): D1PreparedStatement =>
  db
    .prepare(
      'UPDATE grants SET version = version + 1, updated_at = ?3 WHERE product = ?1 AND major = ?2 AND revoked_at IS NULL',
    )
    .bind(id, major, at)

/** A row as a grant. */
export function grantOf({ scopes, view, classes, ...row }: GrantRow): Grant {
  // All three were written by grantStatements, from parsed terms.
  const { columns, rows } = JSON.parse(view) as Shown
  return {
    ...row,
    scopes: JSON.parse(scopes) as Exclude<Scope, 'ingest'>[],
    view: { classes: classes === null ? null : (JSON.parse(classes) as Class[]), columns, rows },
  }
}
