/** Clients: who may ask the catalog for something. Their keys are in client-keys.ts. */
import { clientIdSchema, productIdSchema } from '@meshloop/access/claims'
import * as z from 'zod'

/** What is said of a client when it is made or changed. */
export const clientSchema = z.strictObject({
  id: clientIdSchema,
  kind: z.enum(['consumer', 'source', 'publisher', 'steward']),
  domain: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
  /** The products that a source sends to: at least one. Nobody else has any. */
  products: z.array(productIdSchema).max(50).default([]),
  /** Whoever has its key decides for its domain, as its owner. Only of consumers. */
  decides: z.boolean().default(false),
})

/** A client. */
export type Client = Readonly<z.output<typeof clientSchema>>

interface ClientRow extends Omit<Client, 'products' | 'decides'> {
  readonly products: string
  readonly decides: number
}

const columns = 'id, kind, domain, products, decides'

/** The client of that id; null if there is none. */
export async function findClient(db: D1Database, id: string): Promise<Client | null> {
  const row = await db.prepare(`SELECT ${columns} FROM clients WHERE id = ?1`).bind(id).first<ClientRow>()
  return row && clientOf(row)
}

/** The statement that makes the client, or makes it as described. */
export function putClientStatement(db: D1Database, client: Client, at: string): D1PreparedStatement {
  return db
    .prepare(
      // secret_hash is no longer read: keys are in client_keys.
      `INSERT INTO clients (id, kind, domain, products, decides, secret_hash, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, '', ?6, ?6)
       ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, domain = excluded.domain, products = excluded.products,
         decides = excluded.decides, updated_at = excluded.updated_at`,
    )
    .bind(client.id, client.kind, client.domain, JSON.stringify(client.products), client.decides ? 1 : 0, at)
}

/** Clients of some domains, or all; by id, at most 1,000. */
export async function listClients(
  db: D1Database,
  domains: readonly string[] | null,
): Promise<readonly Client[]> {
  const { results } = await db
    .prepare(
      `SELECT ${columns} FROM clients WHERE ?1 IS NULL OR domain IN (SELECT value FROM json_each(?1)) ORDER BY id LIMIT 1000`,
    )
    .bind(domains && JSON.stringify(domains))
    .all<ClientRow>()
  return results.map(clientOf)
}

/** Ids of the sources that send to a product, at most 100. */
export async function listSources(db: D1Database, product: string): Promise<readonly string[]> {
  const { results } = await db
    .prepare(
      `SELECT id FROM clients WHERE kind = 'source' AND EXISTS (SELECT 1 FROM json_each(products) WHERE value = ?1)
       ORDER BY id LIMIT 100`,
    )
    .bind(product)
    .all<{ id: string }>()
  return results.map(({ id }) => id)
}

/**
 * What gives a source the right to send to a product: its client as it is, counted by when it was changed last, so that what is
 * taken from it denies the tokens of before. Null if it may not.
 */
export async function findSourceRight(
  db: D1Database,
  { id }: Pick<Client, 'id'>,
  product: string,
): Promise<{ readonly id: string; readonly version: number } | null> {
  const row = await db
    .prepare(
      `SELECT id, updated_at AS at FROM clients
       WHERE id = ?1 AND kind = 'source' AND EXISTS (SELECT 1 FROM json_each(products) WHERE value = ?2)`,
    )
    .bind(id, product)
    .first<ChangedClient>()
  return row && sourceRightOf(row)
}

/** A client, and when it was changed last (RFC 3339). */
export interface ChangedClient {
  readonly id: string
  readonly at: string
}

/** A source's right as tokens and the denial list name it, beside grants: no id of a grant has a colon. */
export const sourceRightOf = ({ id, at }: ChangedClient) => ({
  id: `source:${id}`,
  version: Date.parse(at),
})

/** Under which name products know a source: `purchase.orders.cdnow` is `cdnow`, `shop.simulator` is `simulator` to each of its products. */
export const sourceNameOf = ({ id }: Pick<Client, 'id'>): string => id.slice(id.lastIndexOf('.') + 1)

function clientOf({ products, decides, ...client }: ClientRow): Client {
  // Written by putClientStatement, from parsed input.
  return { ...client, products: JSON.parse(products) as string[], decides: decides === 1 }
}
