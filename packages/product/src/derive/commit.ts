/** Transactions of a run: none commits when another run did since its beginning was read. */
import { countRun } from '../store/state.ts'
import { guard, sql, statement, type SQL } from '../store/sql.ts'

/** Commits statements in one transaction, unless the run counter is another one than `run`; `isGuardFailure` tells that. */
export const committer =
  (db: D1Database, run: number) =>
  async (statements: readonly SQL[]): Promise<void> => {
    const all = [guard(sql`(SELECT run FROM _state) = ${run}`), ...statements, countRun]
    await db.batch(all.map((each) => statement(db, each)))
  }
