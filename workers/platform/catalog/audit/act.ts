/** Does something that somebody answers for: what changes, its entry in the audit log and its notices are one transaction. */
import { noticeStatements, type Notice } from '../notices/notice.ts'
import { chainHash, contentHash, genesis, type Act } from './entry.ts'

/** An act with what it changes and whom it is told. */
export interface Deed extends Act {
  /** The change. A statement that must not run twice, or not any more, guards itself: see `guard`. */
  readonly statements: readonly D1PreparedStatement[]
  readonly notices?: readonly Notice[]
}

/** Where and when it happens. */
export interface Scene {
  readonly db: D1Database
  /** RFC 3339 */
  readonly at: string
  readonly newId: () => string
}

/** Others write to the log at the same time; each attempt that loses has seen another one win. */
const maxAttempts = 20

/**
 * Runs the deed's statements in one transaction with its entry. Answers the results of the statements.
 *
 * @throws whatever a statement throws; then nothing was written.
 */
export async function act(scene: Scene, deed: Deed): Promise<readonly D1Result[]> {
  const { db } = scene
  for (let attempt = 1; ; attempt++) {
    try {
      const results = await db.batch([
        ...deed.statements,
        await entryStatement(scene, deed),
        ...(deed.notices ?? []).flatMap((notice) => noticeStatements(scene, notice)),
      ])
      return results.slice(0, deed.statements.length)
    } catch (error) {
      const isOvertaken = error instanceof Error && error.message.includes('audit.seq')
      if (!isOvertaken || attempt === maxAttempts) throw error
    }
  }
}

/** The primary key refuses a second entry at the same place. */
async function entryStatement({ db, at }: Scene, { what, by, about }: Act): Promise<D1PreparedStatement> {
  const head = await db
    .prepare('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1')
    .first<{ seq: number; hash: string }>()
  const entry = { seq: (head?.seq ?? 0) + 1, at, what, by, about }
  const content = await contentHash(entry)
  const hash = await chainHash(head?.hash ?? genesis, content)
  return db
    .prepare(
      'INSERT INTO audit (seq, at, what, by, about, content, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)',
    )
    .bind(entry.seq, at, what, by, JSON.stringify(about), content, hash)
}

/** A statement that fails the transaction unless `condition` (SQL over the bound values) holds. */
export const guard = (db: D1Database, condition: string, ...values: readonly (string | number | null)[]) =>
  db
    .prepare(
      `INSERT INTO guard (one, ok) VALUES (1, ${condition}) ON CONFLICT (one) DO UPDATE SET ok = excluded.ok`,
    )
    .bind(...values)

/** Whether a transaction failed because a {@link guard} did not hold. */
export const isGuardFailure = (error: unknown): boolean =>
  error instanceof Error && /CHECK constraint failed: ok = 1/.test(error.message)
