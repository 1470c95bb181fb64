/** Who holds a client key. */
import { equalHashes, hashClientKey, parseClientKey } from '@meshloop/access/issue'
import type { CatalogEnv } from '../env.ts'
import { CatalogError } from '../problems.ts'
import { maxKeysOfClient, usableKeys, type ClientKeyRecord } from './client-keys.ts'
import { findClient, type Client } from './client-store.ts'

/** A client, and the key by which it was known. */
export interface Authenticated {
  readonly client: Client
  readonly key: Pick<ClientKeyRecord, 'id' | 'ends_at'>
}

/**
 * The client that holds `key` at a moment (RFC 3339). Throws CatalogError `client_unknown`, whatever is wrong with the key:
 * none of ours, of another environment, of nobody, revoked, ended.
 */
export async function authenticate(
  { DB, ENVIRONMENT }: Pick<CatalogEnv, 'DB' | 'ENVIRONMENT'>,
  key: string,
  at: string,
): Promise<Authenticated> {
  const parsed = parseClientKey(key)
  // A key of another environment would count if its hash were declared here: such as a local one, which lies in a file.
  const id = parsed?.environment === ENVIRONMENT ? parsed.clientId : ''
  // A client that is not there costs the same: time does not tell which ids exist.
  const [client, keys, hash] = await Promise.all([
    findClient(DB, id),
    usableKeys(DB, id, at),
    hashClientKey(key),
  ])
  // As many are compared as a client can have, and each in the same time: neither tells how many there are, or which it was.
  const compared = Array.from({ length: maxKeysOfClient }, (_, place) => keys[place])
  const [held] = compared.filter((each) => equalHashes(hash, each?.hash ?? hashOfNothing))
  if (!client || !held) throw clientUnknown()
  return { client, key: held }
}

/** What every credential that does not count is answered with: the same bytes. */
export const clientUnknown = (): CatalogError =>
  new CatalogError('client_unknown', 'The catalog does not know this client key.')

/** As long as a hash, and none: no base64url has a dot. */
const hashOfNothing = '.'.repeat(43)
