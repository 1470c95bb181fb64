/** What a run may spend, and has spent: statements of D1's 1,000 an invocation, time, rows. */
import { meterOf } from '../store/meter.ts'

/** What was spent. */
export interface Spent {
  readonly rows_read: number
  readonly rows_written: number
  readonly statements: number
  readonly duration_ms: number
}

/** The budget of one run. */
export interface Budget {
  /** Counts what goes through it. */
  readonly db: D1Database
  /** Whether such a share (0 to 1) of the statements or of the time is used up. */
  readonly isSpent: (share: number) => boolean
  readonly spent: () => Spent
}

/** A budget that begins now. */
export function createBudget(
  of: D1Database,
  now: () => number,
  most: { readonly statements: number; readonly ms: number },
): Budget {
  const began = now()
  const meter = meterOf(of)
  let statements = 0
  const counting: Pick<D1Database, 'prepare' | 'batch'> = {
    prepare: (text) => {
      statements++
      return meter.db.prepare(text)
    },
    batch: async (all) => meter.db.batch(all),
  }
  return {
    db: counting as D1Database, // the two methods that are used here
    isSpent: (share) => statements >= share * most.statements || now() - began >= share * most.ms,
    spent: () => {
      const { rowsRead, rowsWritten } = meter.cost()
      return { rows_read: rowsRead, rows_written: rowsWritten, statements, duration_ms: now() - began }
    },
  }
}
