/** The log of committed heads: what epochs rise above, what DIFF leads back to, and what the witness asks for. */
import type { SignedHead } from '@meshloop/flags/sign'
import { sql, statement, type SQL } from '../store/sql.ts'
import type { Publisher } from './publisher.ts'
import type { Content } from './state.ts'

/** A head of the log with its complete value, base64. */
export interface LoggedHead {
  readonly sid: string
  readonly bits: number
  /** Unix ms; null when it names no page. */
  readonly oldest_put_at: number | null
  readonly value: string
}

/** A head as the witness compares it. Times are Unix ms. */
export interface Fingerprint {
  readonly epoch: number
  readonly expires: number
  readonly fingerprint: string
}

/** A head names an older one as `prev` once KV has had time to show it (docs/flags-format.md). */
const PREV_MIN_AGE_MS = 55_000
/** Readers use `prev` while it is fresh. */
const PREV_MAX_AGE_MS = 300_000
/** With one head a minute 60 may still be accepted; more than this only a steward that runs wild makes. */
const MAX_HEADS = 5_000
const MAX_VALUES = 200

/** The highest epoch: one row, null for an empty log. */
export const lastEpoch: SQL = sql`SELECT max(epoch) AS epoch FROM _flags_log`

/** The head that the next one may lead back to; no row for none. */
export const prevOf = (now: number): SQL => sql`
  SELECT sid, bits, oldest_put_at, value FROM _flags_log
  WHERE epoch <= ${now - PREV_MIN_AGE_MS} AND epoch > ${now - PREV_MAX_AGE_MS} AND value IS NOT NULL ORDER BY epoch DESC LIMIT 1`

/**
 * The statements that log a head, and forget what nobody needs: heads that have expired, and values older than the
 * newest that can be a `prev`. Part of the transaction that commits the head.
 */
export const logged = (
  { epoch, expires, fingerprint, value }: SignedHead,
  { sid, bits }: Content,
  oldestPutAt: number | null,
): SQL[] => [
  sql`INSERT INTO _flags_log (epoch, expires, fingerprint, sid, bits, oldest_put_at, value)
      VALUES (${epoch}, ${expires}, ${fingerprint}, ${sid}, ${bits}, ${oldestPutAt}, ${value.toBase64()})`,
  sql`UPDATE _flags_log SET value = NULL WHERE value IS NOT NULL AND (
        epoch < (SELECT max(epoch) FROM _flags_log WHERE epoch <= ${epoch - PREV_MIN_AGE_MS})
        OR epoch <= (SELECT epoch FROM _flags_log ORDER BY epoch DESC LIMIT 1 OFFSET ${MAX_VALUES}))`,
  sql`DELETE FROM _flags_log WHERE epoch < ${epoch} AND (
        expires < ${epoch} OR epoch <= (SELECT epoch FROM _flags_log ORDER BY epoch DESC LIMIT 1 OFFSET ${MAX_HEADS}))`,
]

/** The heads that readers may still accept, newest first. */
export async function readLog({ db }: Publisher): Promise<readonly Fingerprint[]> {
  const { results } = await statement(
    db,
    sql`SELECT epoch, expires, fingerprint FROM _flags_log ORDER BY epoch DESC`,
  ).all<Fingerprint>()
  return results
}
