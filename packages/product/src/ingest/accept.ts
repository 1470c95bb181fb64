/** Accepts a batch of rows in one transaction: rows, quarantine, claim and sequence move together or not at all. */
import type { Sources } from '@meshloop/access/batch'
import type { Contract } from '@meshloop/contract'
import { ensureState, watermark } from '../store/state.ts'
import { isGuardFailure, sql, statement, type SQL } from '../store/sql.ts'
import type { StoredRow } from '../store/stored-row.ts'
import { writeRows } from '../store/write-rows.ts'
import type { Judge, Rejected } from './judge.ts'
import { foreignRecord, ownershipOf } from './owned.ts'
import { quarantine } from './quarantine.ts'

/** What a batch needs to be accepted. Clock and identity come from outside. */
export interface Ingest {
  readonly db: D1Database
  readonly contract: Contract
  readonly judge: Judge
  /** Who may send; each changes its own records only. */
  readonly sources: Sources
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

/** A batch that others overtake so often is tried again by its source. */
const MAX_ATTEMPTS = 3

/** Accepts the rows; `claim` are the statements that record what the source says about completeness. */
export async function accept(
  ingest: Ingest,
  source: string,
  rows: readonly unknown[],
  claim: readonly SQL[],
): Promise<Outcome> {
  const { db, contract, judge, sources, now } = ingest
  const judged = judge(rows, now())
  const ownership = ownershipOf(db, contract, sources, source)
  for (let attempt = 1; ; attempt++) {
    const foreign = await ownership.foreign(judged.good.map(({ stored }) => stored))
    const good = judged.good.flatMap(({ stored }, at) => (foreign.has(at) ? [] : [stored]))
    const others = judged.good.filter((_, at) => foreign.has(at))
    const rejected = [
      ...judged.rejected,
      ...others.map(({ index, row }) => ({ index, row, errors: [foreignRecord(contract)] })),
    ].toSorted((a, b) => a.index - b.index)
    try {
      return await write(ingest, source, { good, rejected, claim, guards: ownership.guards(good) })
    } catch (error) {
      // Another source sent one of these records in between.
      if (!isGuardFailure(error) || attempt === MAX_ATTEMPTS) throw error
    }
  }
}

interface Writing {
  readonly good: readonly StoredRow[]
  readonly rejected: readonly Rejected[]
  readonly claim: readonly SQL[]
  readonly guards: readonly SQL[]
}

async function write(
  { db, contract, expected, now, newIncarnation }: Ingest,
  source: string,
  { good, rejected, claim, guards }: Writing,
): Promise<Outcome> {
  const writes = writeRows(contract, source, good)
  const before = [...guards, ensureState(newIncarnation())]
  const statements = [
    ...before,
    ...writes.statements,
    ...(await quarantine(source, rejected, now())),
    ...claim,
    sql`SELECT ${watermark(expected)} AS as_of`,
  ]
  const results = await db.batch<{ as_of: string | null }>(statements.map((s) => statement(db, s)))
  const accepted = results
    .slice(before.length)
    .reduce((sum, { meta }, index) => sum + (writes.counts[index] ? meta.changes : 0), 0)
  return {
    accepted,
    repeated: good.length - accepted,
    quarantined: rejected.length,
    rejected,
    as_of: results.at(-1)?.results[0]?.as_of ?? null,
  }
}
