/** Does something that somebody answers for: what changes, its entry in the audit log and its notices are one transaction. */
import { chainHash, contentHash, genesis, type AuditHead } from '@meshloop/access/audit'
import type { Scene } from '../env.ts'
import { noticeStatements, type Notice } from '../notices/notice.ts'
import { CatalogError } from '../problems.ts'
import type { Act } from './entry.ts'

/** An act with what it changes and whom it is told. */
export interface Deed extends Act {
  /** The change. A statement that must not run twice, or not any more, guards itself: see `guard`. */
  readonly statements: readonly D1PreparedStatement[]
  readonly notices?: readonly Notice[]
}

/** Each attempt that loses has seen another one win, so that 40 writers at once all come through. */
const maxAttempts = 40

/**
 * Runs the deed's statements in one transaction with its entry. Answers the results of the statements.
 *
 * @throws whatever a statement throws, or CatalogError `overloaded`; then nothing was written.
 */
export async function act(scene: Scene, deed: Deed): Promise<readonly D1Result[]> {
  const { db } = scene
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    try {
      const results = await db.batch([
        ...deed.statements,
        await entryStatement(scene, deed),
        ...(deed.notices ?? []).flatMap((notice) => noticeStatements(scene, notice)),
      ])
      return results.slice(0, deed.statements.length)
    } catch (error) {
      if (!isOvertaken(error)) throw error
    }
  }
  throw new CatalogError('overloaded', 'Too many others change something at the same time.')
}

/** The database takes the next entry only: see the triggers of the table. */
async function entryStatement(
  { db, at, newId }: Scene,
  { what, by, about }: Act,
): Promise<D1PreparedStatement> {
  const before = await readHead(db)
  const entry = { seq: before.seq + 1, at, what, by, about, salt: newId() }
  const content = await contentHash(entry)
  const hash = await chainHash(before.hash, content)
  return db
    .prepare(
      'INSERT INTO audit (seq, at, what, by, about, salt, content, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)',
    )
    .bind(entry.seq, at, what, by, JSON.stringify(about), entry.salt, content, hash)
}

/** The newest entry's place; `genesis` before the first. */
export const readHead = async (db: D1Database): Promise<AuditHead> =>
  (await db.prepare('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1').first<AuditHead>()) ?? genesis

const isOvertaken = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('not the next entry of audit')

/** A statement that fails the transaction unless `condition` (SQL over the bound values) is true; unknown is not true. */
export const guard = (db: D1Database, condition: string, ...values: readonly (string | number | null)[]) =>
  db
    .prepare(
      `INSERT INTO guard (one, ok) VALUES (1, (${condition}) IS TRUE) ON CONFLICT (one) DO UPDATE SET ok = excluded.ok`,
    )
    .bind(...values)

/** Whether a transaction failed because a {@link guard} did not hold. */
export const isGuardFailure = (error: unknown): boolean =>
  error instanceof Error && /CHECK constraint failed: ok = 1/.test(error.message)
