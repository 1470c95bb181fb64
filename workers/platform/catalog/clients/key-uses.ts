/** On which days (UTC) keys are used, and how many tokens they buy. A day that is over is written to the audit log. */
import { act, guard, isGuardFailure } from '../audit/act.ts'
import { dayOf, type Chore } from '../env.ts'

/** A token that is being bought as the day changes is still counted. */
const settledAfterMs = 10 * 60_000
/** Keys that an entry names, those with most tokens first; the entry counts the rest. */
const maxKeysNamed = 500

/**
 * Counts the tokens that a key bought at a moment (RFC 3339): one, or none where it was used for something else. Await it before
 * the answer: then no use goes uncounted.
 */
export async function noteUse(db: D1Database, key: string, at: string, tokens: 0 | 1): Promise<void> {
  await db
    .prepare(
      `INSERT INTO key_uses (key, day, tokens) VALUES (?1, ?2, ?3)
       ON CONFLICT (key, day) DO UPDATE SET tokens = tokens + excluded.tokens WHERE excluded.tokens > 0`,
    )
    .bind(key, dayOf(at), tokens)
    .run()
}

/** Writes the oldest day that is over and not yet in the audit log to it. */
export const auditKeyUses: Chore = async ({ DB }, { now, newId }) => {
  const day = await DB.prepare(
    `SELECT min(day) FROM key_uses WHERE day > (SELECT coalesce(max(day), '') FROM key_days) AND day < ?1`,
  )
    .bind(dayOf(new Date(now() - settledAfterMs).toISOString()))
    .first<string | null>('min(day)')
  if (day === null) return
  const [named, total] = await DB.batch<{ key: string; tokens: number; keys: number }>([
    DB.prepare('SELECT key, tokens FROM key_uses WHERE day = ?1 ORDER BY tokens DESC, key LIMIT ?2').bind(
      day,
      maxKeysNamed,
    ),
    DB.prepare('SELECT count(*) AS keys, sum(tokens) AS tokens FROM key_uses WHERE day = ?1').bind(day),
  ])
  const { keys = 0, tokens = 0 } = total?.results[0] ?? {}
  try {
    await act(
      { db: DB, at: new Date(now()).toISOString(), newId },
      {
        what: 'keys.used',
        by: 'catalog',
        about: {
          day,
          keys,
          tokens,
          by_key: Object.fromEntries(named?.results.map((use) => [use.key, use.tokens]) ?? []),
        },
        statements: [
          guard(DB, 'NOT EXISTS (SELECT 1 FROM key_days WHERE day = ?1)', day),
          DB.prepare('INSERT INTO key_days (day) VALUES (?1)').bind(day),
        ],
      },
    )
  } catch (error) {
    // Another run wrote it.
    if (!isGuardFailure(error)) throw error
  }
}
