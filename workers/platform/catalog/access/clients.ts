/** Clients: who may ask the catalog for something, known by the hash of a key. */
import { clientIdSchema, productIdSchema } from '@meshloop/access/claims'
import { equalHashes, hashClientKey, parseClientKey } from '@meshloop/access/issue'
import * as z from 'zod'
import { CatalogError } from '../problems.ts'

/** What the operator sends to make or change a client. */
export const clientSchema = z.strictObject({
  id: clientIdSchema,
  kind: z.enum(['consumer', 'source', 'publisher', 'steward']),
  domain: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
  /** The products that a source sends to: at least one. Nobody else has any. */
  products: z.array(productIdSchema).max(50).default([]),
  /** SHA-256 of the whole client key, base64url. */
  secret_hash: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
})

/** A client as the operator describes it. */
export type ClientInput = z.output<typeof clientSchema>

/** A client, without its hash. */
export type Client = Omit<ClientInput, 'secret_hash'>

type ClientRow = Omit<ClientInput, 'products'> & { readonly products: string }

/** The client that holds `key`. Throws CatalogError `client_unknown`, whatever is wrong with the key. */
export async function authenticate(db: D1Database, key: string): Promise<Client> {
  const id = parseClientKey(key)?.clientId
  const row = id === undefined ? null : await find(db, id)
  // Compared also for an unknown client, so that time does not tell which ids exist.
  const same = equalHashes(await hashClientKey(key), row?.secret_hash ?? '')
  if (!row || !same) throw new CatalogError('client_unknown', 'The catalog does not know this client key.')
  return clientOf(row)
}

/** Makes the client, or makes it as described. The same again changes nothing. */
export async function putClient(db: D1Database, client: ClientInput, at: string): Promise<void> {
  await db
    .prepare(
      `INSERT INTO clients (id, kind, domain, products, secret_hash, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
       ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, domain = excluded.domain, products = excluded.products,
         secret_hash = excluded.secret_hash, updated_at = excluded.updated_at
       WHERE (kind, domain, products, secret_hash)
         IS NOT (excluded.kind, excluded.domain, excluded.products, excluded.secret_hash)`,
    )
    .bind(client.id, client.kind, client.domain, JSON.stringify(client.products), client.secret_hash, at)
    .run()
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

function find(db: D1Database, id: string): Promise<ClientRow | null> {
  return db
    .prepare('SELECT id, kind, domain, products, secret_hash FROM clients WHERE id = ?1')
    .bind(id)
    .first<ClientRow>()
}

function clientOf({ id, kind, domain, products }: ClientRow): Client {
  // Written by putClient, from parsed input.
  return { id, kind, domain, products: JSON.parse(products) as string[] }
}
