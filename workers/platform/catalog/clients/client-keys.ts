/** Keys of clients as they are kept: hashes and public keys, several at a time for rotation, each revocable by itself. */
import { guard } from '../audit/act.ts'

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

/** A key with what it is recognised by. */
export interface KeptKey extends ClientKeyRecord {
  /** SHA-256 of a client key, base64url. */
  readonly hash: string | null
}

/** A key with its use. */
export interface ListedKey extends Omit<ClientKeyRecord, 'client'> {
  /** The last day (UTC) on which it was used, to buy a token or for anything else; null: never. */
  readonly last_used: string | null
}

/** So many may count at a time: an old one, a new one, and some for machines that rotate by themselves. */
export const maxKeysOfClient = 5
/** So many may be made in a day: whoever makes and revokes keys in a loop would fill the denial list, which all products read. */
export const maxKeysInDay = 20

const dayMs = 24 * 3_600_000
const columns = 'id, client, kind, hash, public_key, created_by, created_at, ends_at, revoked_at'

/** All keys of a client, the newest first; the newest 100. */
export async function listKeys(db: D1Database, client: string): Promise<readonly ListedKey[]> {
  const { results } = await db
    .prepare(
      `SELECT id, kind, public_key, created_by, created_at, ends_at, revoked_at,
         (SELECT max(day) FROM key_uses WHERE key = client_keys.id) AS last_used
       FROM client_keys WHERE client = ?1 ORDER BY created_at DESC, id LIMIT 100`,
    )
    .bind(client)
    .all<ListedKey>()
  return results
}

/** The keys of a client that count at a moment, with their hashes. */
export async function usableKeys(db: D1Database, client: string, at: string): Promise<readonly KeptKey[]> {
  const { results } = await db
    .prepare(
      `SELECT ${columns} FROM client_keys WHERE client = ?1 AND ${counts('?2')} ORDER BY created_at DESC LIMIT ?3`,
    )
    .bind(client, at, maxKeysOfClient)
    .all<KeptKey>()
  return results
}

/** Whether all of these keys count at a moment. */
export async function allCount(db: D1Database, ids: readonly string[], at: string): Promise<boolean> {
  const counting = await db
    .prepare(
      `SELECT count(*) AS n FROM client_keys WHERE id IN (SELECT value FROM json_each(?1)) AND ${counts('?2')}`,
    )
    .bind(JSON.stringify(ids), at)
    .first<number>('n')
  return counting === new Set(ids).size
}

/** The key of that hash; null if the client has none, whether it counts or not. */
export function findKeyByHash(db: D1Database, client: string, hash: string): Promise<ClientKeyRecord | null> {
  return db
    .prepare(`SELECT ${columns} FROM client_keys WHERE client = ?1 AND hash = ?2`)
    .bind(client, hash)
    .first<KeptKey>()
}

/** The key of a client by its id; null if it has none of that id. */
export function findKey(db: D1Database, client: string, id: string): Promise<ClientKeyRecord | null> {
  return db
    .prepare(`SELECT ${columns} FROM client_keys WHERE client = ?1 AND id = ?2`)
    .bind(client, id)
    .first<KeptKey>()
}

/** Statements that keep a key; the first fails the transaction when its client has too many. */
export const keyStatements = (
  db: D1Database,
  key: Omit<KeptKey, 'revoked_at'>,
): readonly D1PreparedStatement[] => [
  guard(
    db,
    `(SELECT count(*) FROM client_keys WHERE client = ?1 AND ${counts('?2')}) < ?3
     AND (SELECT count(*) FROM client_keys WHERE client = ?1 AND created_at > ?4) < ?5`,
    key.client,
    key.created_at,
    maxKeysOfClient,
    new Date(Date.parse(key.created_at) - dayMs).toISOString(),
    maxKeysInDay,
  ),
  db
    .prepare(
      `INSERT INTO client_keys (id, client, kind, hash, public_key, created_by, created_at, ends_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`,
    )
    .bind(
      key.id,
      key.client,
      key.kind,
      key.hash,
      key.public_key,
      key.created_by,
      key.created_at,
      key.ends_at,
    ),
]

/** Statements that revoke a key; the first fails the transaction when it is revoked already. */
export const revokeStatements = (db: D1Database, id: string, at: string): readonly D1PreparedStatement[] => [
  guard(db, 'EXISTS (SELECT 1 FROM client_keys WHERE id = ?1 AND revoked_at IS NULL)', id),
  db.prepare('UPDATE client_keys SET revoked_at = ?2 WHERE id = ?1').bind(id, at),
]

/** SQL: the key counts at the moment that is bound there. */
const counts = (at: string): string => `revoked_at IS NULL AND (ends_at IS NULL OR ends_at > ${at})`
