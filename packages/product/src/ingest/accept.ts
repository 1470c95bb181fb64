/** Accepts a batch of rows in one transaction: rows, quarantine, claim and sequence move together or not at all. */
import type { Contract } from '@meshloop/contract'
import { ensureState } from '../store/state.ts'
import { sql, statement, type SQL } from '../store/sql.ts'
import { watermark } from '../store/state.ts'
import { writeRows } from '../store/write-rows.ts'
import type { Judge, Rejected } from './judge.ts'
import { quarantine } from './quarantine.ts'

/** What a batch needs to be accepted. Clock and identity come from outside. */
export interface Ingest {
  readonly db: D1Database
  readonly contract: Contract
  readonly judge: Judge
  /** Sources that the watermark is the minimum of. */
  readonly expected: readonly string[]
  readonly now: () => number
  /** Names the database's life, used at its very first write. */
  readonly newIncarnation: () => string
}

/** What became of a batch. `accepted + repeated + quarantined` is the number of rows. */
export interface Outcome {
  /** Changes that were made. */
  readonly accepted: number
  /** Rows that changed nothing: known already, or older than what is known. */
  readonly repeated: number
  readonly quarantined: number
  readonly rejected: readonly Rejected[]
  /** The watermark after the batch. */
  readonly as_of: string | null
}

/** Accepts the rows; `claim` are the statements that record what the source says about completeness. */
export async function accept(
  ingest: Ingest,
  source: string,
  rows: readonly unknown[],
  claim: readonly SQL[],
): Promise<Outcome> {
  const { db, contract, judge, expected, now, newIncarnation } = ingest
  const { good, rejected } = await judge(rows, now())
  const writes = writeRows(contract, source, good)
  const statements = [
    ensureState(newIncarnation()),
    ...writes.statements,
    ...(await quarantine(source, rejected, now())),
    ...claim,
    sql`SELECT ${watermark(expected)} AS as_of`,
  ]
  const results = await db.batch<{ as_of: string | null }>(statements.map((s) => statement(db, s)))
  const accepted = results
    .slice(1)
    .reduce((sum, { meta }, index) => sum + (writes.counts[index] ? meta.changes : 0), 0)
  return {
    accepted,
    repeated: good.length - accepted,
    quarantined: rejected.length,
    rejected,
    as_of: results.at(-1)?.results[0]?.as_of ?? null,
  }
}
