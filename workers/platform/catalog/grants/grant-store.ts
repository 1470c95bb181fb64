/** Grants: a consumer's approved right to one major of one product, for a purpose, through a view. */
import {
  clientIdSchema,
  productIdSchema,
  scopes,
  viewOf,
  viewSchema,
  type Scope,
  type View,
} from '@meshloop/access/claims'
import * as z from 'zod'

/** A source's right comes from its own credential, never from a grant. */
const grantable = scopes.filter((scope) => scope !== 'ingest')

/** What the operator sends to make or change a grant. */
export const grantSchema = z.strictObject({
  consumer: clientIdSchema,
  product: productIdSchema,
  major: z.int().min(1),
  purpose: z.string().trim().min(1).max(500),
  /** Default: everything. */
  view: z
    .strictObject({ columns: viewSchema.unwrap().shape.columns, rows: viewSchema.unwrap().shape.rows })
    .default({ columns: null, rows: [] }),
  /** None: no token is sold; the right is another, such as the secret that opens a product's flags. */
  scopes: z.array(z.enum(grantable)).default(['read']),
})

/** A grant as the operator describes it. */
export type GrantInput = z.output<typeof grantSchema>

/** A grant as it is kept; `version` counts its changes. */
export interface Grant {
  readonly id: string
  readonly consumer: string
  readonly product: string
  readonly major: number
  readonly purpose: string
  readonly scopes: readonly Scope[]
  readonly view: View
  readonly version: number
}

type GrantRow = Omit<Grant, 'scopes' | 'view'> & { readonly scopes: string; readonly view: string }

const columns = 'id, consumer, product, major, purpose, scopes, view, version'

/** Makes the grant, or makes it as described under the next version. The same again changes nothing. */
export async function putGrant(
  db: D1Database,
  grant: GrantInput,
  { id, at }: { id: string; at: string },
): Promise<Grant | null> {
  const { consumer, product, major, purpose } = grant
  const view = JSON.stringify(await viewOf(grant.view))
  const scopeList = JSON.stringify([...new Set(grant.scopes)].toSorted())
  await db
    .prepare(
      `INSERT INTO grants (id, consumer, product, major, purpose, scopes, view, version, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8, ?8)
       ON CONFLICT (consumer, product, major) DO UPDATE SET purpose = excluded.purpose, scopes = excluded.scopes,
         view = excluded.view, version = version + 1, updated_at = excluded.updated_at
       WHERE (purpose, scopes, view) IS NOT (excluded.purpose, excluded.scopes, excluded.view)`,
    )
    .bind(id, consumer, product, major, purpose, scopeList, view, at)
    .run()
  return findGrant(db, grant)
}

/** The grant of that consumer for that product; null if there is none. */
export async function findGrant(
  db: D1Database,
  { consumer, product, major }: Pick<Grant, 'consumer' | 'product' | 'major'>,
): Promise<Grant | null> {
  const row = await db
    .prepare(`SELECT ${columns} FROM grants WHERE consumer = ?1 AND product = ?2 AND major = ?3`)
    .bind(consumer, product, major)
    .first<GrantRow>()
  return row && grantOf(row)
}

/** All grants, for one product or for all. At most 1,000. */
export async function listGrants(db: D1Database, product?: string): Promise<readonly Grant[]> {
  const { results } = await db
    .prepare(
      `SELECT ${columns} FROM grants WHERE ?1 IS NULL OR product = ?1 ORDER BY product, consumer LIMIT 1000`,
    )
    .bind(product ?? null)
    .all<GrantRow>()
  return results.map(grantOf)
}

function grantOf(row: GrantRow): Grant {
  // Both were written by putGrant, from parsed input.
  return { ...row, scopes: JSON.parse(row.scopes) as Scope[], view: JSON.parse(row.view) as View }
}
