/** Keys of clients: shown once, kept as hashes, several at a time for rotation, each revocable by itself. */

/** A key as it is kept and shown: never the key itself. Times are RFC 3339. */
export interface ClientKeyRecord {
  readonly id: string
  readonly client: string
  /** `secret`: a client key; `ed25519`: a public key whose holder signs assertions. */
  readonly kind: 'secret' | 'ed25519'
  readonly public_key: string | null
  readonly created_by: string
  readonly created_at: string
  readonly ends_at: string | null
  readonly revoked_at: string | null
}

/** So many may count at a time: an old one, a new one, and some for machines that rotate by themselves. */
export const maxKeysOfClient = 5

interface KeyRow extends ClientKeyRecord {
  readonly hash: string | null
}

const columns = 'id, client, kind, hash, public_key, created_by, created_at, ends_at, revoked_at'

/** All keys of a client, the newest first; the newest 100. */
export async function listKeys(db: D1Database, client: string): Promise<readonly ClientKeyRecord[]> {
  const { results } = await db
    .prepare(`SELECT ${columns} FROM client_keys WHERE client = ?1 ORDER BY created_at DESC, id LIMIT 100`)
    .bind(client)
    .all<KeyRow>()
  return results.map(({ hash: _, ...key }) => key)
}

/** The keys of a client that count at a moment, with their hashes. */
export async function usableKeys(db: D1Database, client: string, at: string): Promise<readonly KeyRow[]> {
  const { results } = await db
    .prepare(
      `SELECT ${columns} FROM client_keys
       WHERE client = ?1 AND revoked_at IS NULL AND (ends_at IS NULL OR ends_at > ?2) ORDER BY created_at DESC LIMIT ?3`,
    )
    .bind(client, at, maxKeysOfClient)
    .all<KeyRow>()
  return results
}

/** The statement that keeps a key. */
export function keyStatement(db: D1Database, key: Omit<KeyRow, 'revoked_at'>): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO client_keys (id, client, kind, hash, public_key, created_by, created_at, ends_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`,
    )
    .bind(key.id, key.client, key.kind, key.hash, key.public_key, key.created_by, key.created_at, key.ends_at)
}
