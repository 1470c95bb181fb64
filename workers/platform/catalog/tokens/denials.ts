/** What the catalog took back while tokens for it may still live. */
import type { Denials } from '@meshloop/access/denials'
import { sourceRightOf, type ChangedClient } from '../clients/client-store.ts'

/** The longest life of a token (an hour between products), and as much as clocks may differ. */
const listedForMs = 65 * 60_000
/** How long a list says that it is good. */
const lifetimeSeconds = 300
/** As many as products take of each kind. */
const maxListed = 10_000
/** A token that was being sold as something was taken back may have begun that much later. */
const marginSeconds = 10

interface GrantRow {
  readonly id: string
  readonly version: number
  readonly at: string
}

interface KeyRow {
  readonly id: string
  readonly at: string
}

/**
 * The list at a moment, in milliseconds since 1970. Of more than it holds it names what was taken back last, and denies all tokens
 * of before: their holders buy new ones, unless it was theirs that was taken back.
 */
export async function readDenials(
  db: D1Database,
  { issuer, now, max = maxListed }: { readonly issuer: string; readonly now: number; readonly max?: number },
): Promise<Denials> {
  const since = new Date(now - listedForMs).toISOString()
  // One transaction, so that the head is not older than the list. One row more than fits tells what is left out.
  const [grants, keys, sources, audit] = await db.batch([
    db
      .prepare(
        `SELECT id, version, updated_at AS at FROM grants
         WHERE updated_at > ?1 AND (version > 1 OR revoked_at IS NOT NULL) ORDER BY updated_at DESC LIMIT ?2`,
      )
      .bind(since, max + 1),
    db
      .prepare(
        'SELECT id, revoked_at AS at FROM client_keys WHERE revoked_at > ?1 ORDER BY revoked_at DESC LIMIT ?2',
      )
      .bind(since, max + 1),
    db
      .prepare(
        `SELECT id, updated_at AS at FROM clients
         WHERE kind = 'source' AND updated_at > ?1 AND updated_at > created_at ORDER BY updated_at DESC LIMIT ?2`,
      )
      .bind(since, max + 1),
    db.prepare('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1'),
  ])
  // Rows of the four statements above.
  const narrowed = ((sources?.results ?? []) as ChangedClient[]).map((source) => ({
    ...source,
    ...sourceRightOf(source),
  }))
  const changed = [...((grants?.results ?? []) as GrantRow[]), ...narrowed].toSorted((a, b) =>
    b.at.localeCompare(a.at),
  )
  const revoked = (keys?.results ?? []) as KeyRow[]
  const [head] = (audit?.results ?? []) as { seq: number; hash: string }[]
  const leftOut = [...changed.slice(max), ...revoked.slice(max)].map(({ at }) => Date.parse(at) / 1000)
  const iat = Math.floor(now / 1000)
  return {
    iss: issuer,
    iat,
    exp: iat + lifetimeSeconds,
    grants: changed.slice(0, max).map(({ id, version }) => ({ id, below: version })),
    keys: revoked.slice(0, max).map(({ id }) => id),
    ...(leftOut.length > 0 ? { before: Math.ceil(Math.max(...leftOut)) + marginSeconds } : {}),
    audit: head ?? null,
  }
}
