/** Which source signed an assertion. */
import { readAssertion, thumbprintOf, verifyAssertion } from '@meshloop/access/issue'
import type { CatalogEnv, Chore } from '../env.ts'
import { clientUnknown, type Authenticated } from './authenticate.ts'
import { usableKeys, type KeptKey } from './client-keys.ts'
import { findClient } from './client-store.ts'

/**
 * The client whose key signed an assertion for this catalog, at a moment in milliseconds since 1970. Each counts once. Throws
 * CatalogError `client_unknown`, whatever is wrong with it.
 */
export async function authenticateAssertion(
  { DB, ISSUER }: Pick<CatalogEnv, 'DB' | 'ISSUER'>,
  assertion: string,
  now: number,
): Promise<Authenticated> {
  const named = readAssertion(assertion)
  const clientId = named?.clientId ?? ''
  const [client, keys] = await Promise.all([
    findClient(DB, clientId),
    usableKeys(DB, clientId, new Date(now).toISOString()),
  ])
  const key = await keyNamed(keys, named?.kid)
  // Done for a key that is not there too: time does not tell which ids exist.
  const verified = await verifyAssertion(assertion, {
    clientId,
    publicKey: key?.public_key ?? undefined,
    audiences: [ISSUER, `${ISSUER}/oauth/token`],
    now,
  })
  if (!client || !key || !verified) throw clientUnknown()
  // Only what a client signed is remembered: strangers write nothing.
  const { meta } = await DB.prepare(
    'INSERT INTO assertions (id, ends_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING',
  )
    .bind(`${key.id} ${verified.id}`, new Date(verified.forgetAt * 1000).toISOString())
    .run()
  if (meta.changes === 0) throw clientUnknown()
  return { client, key }
}

/** A source names its key as the catalog does, or by its thumbprint, which it knows by itself. */
async function keyNamed(keys: readonly KeptKey[], kid: string | undefined) {
  for (const key of keys)
    if (key.public_key !== null && (key.id === kid || (await thumbprintOf(key.public_key)) === kid))
      return key
  return undefined
}

/** Forgets assertions that have ended: they would not count for that. */
export const forgetAssertions: Chore = async ({ DB }, { now }) => {
  await DB.prepare('DELETE FROM assertions WHERE ends_at < ?1').bind(new Date(now()).toISOString()).run()
}
