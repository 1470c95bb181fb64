/** Who holds a client key. */
import { equalHashes, hashClientKey, parseClientKey } from '@meshloop/access/issue'
import { CatalogError } from '../problems.ts'
import { usableKeys } from './client-keys.ts'
import { findClient, type Client } from './client-store.ts'

/** A client, and the key by which it was known. */
export interface Authenticated {
  readonly client: Client
  readonly keyId: string
}

/** The client that holds `key` at a moment (RFC 3339). Throws CatalogError `client_unknown`, whatever is wrong with the key. */
export async function authenticate(db: D1Database, key: string, at: string): Promise<Authenticated> {
  // An unknown client costs the same: time does not tell which ids exist.
  const id = parseClientKey(key)?.clientId ?? ''
  const [client, keys, hash] = await Promise.all([
    findClient(db, id),
    usableKeys(db, id, at),
    hashClientKey(key),
  ])
  // All are compared, so that time does not tell which one it was.
  const [held] = keys.filter((each) => equalHashes(hash, each.hash ?? ''))
  if (!client || !held) throw new CatalogError('client_unknown', 'The catalog does not know this client key.')
  return { client, keyId: held.id }
}
