/** What a run may spend, and has spent: statements of D1's 1,000 an invocation, time, rows. */
import { meterOf } from '../store/meter.ts'

/** How much one run does at most. Reading takes half of `statements` and `ms` at most: what was read is built too. */
export interface RunBounds {
  /** Pages of an input's feed. */
  readonly pages: number
  /** Changes of a page. */
  readonly pageRows: number
  /** Chunks of dirty keys. */
  readonly builds: number
  /** Keys of a chunk. */
  readonly buildKeys: number
  /** Rows of a mirror that one step of a walk looks at. */
  readonly walkRows: number
  /** Rows of a mirror that one step of a sweep looks at, which takes out what did not come again; and that a run takes out of one that is read no more. */
  readonly sweepRows: number
  /** Statements; of D1's 1,000 an invocation some are left for what is begun when they are spent. */
  readonly statements: number
  readonly ms: number
}

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
  most: Pick<RunBounds, 'statements' | 'ms'>,
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
