/** Accepts a batch of rows in one transaction: rows, quarantine, claim and sequence move together or not at all. */
import type { Sources } from '@meshloop/access/batch'
import type { Contract } from '@meshloop/contract'
import { MAX_QUERIES } from '../limits.ts'
import { ProductError } from '../problems.ts'
import { ensureState, keepProgress, stateRow, watermark } from '../store/state.ts'
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
  /** How many queries it took: D1 allows a number of them in one invocation. */
  readonly queries: number
  /** How large the database is now. */
  readonly databaseBytes: number
}

/** What else there is to a batch. */
export interface AcceptOptions {
  /** Queries that it may take. Default {@link MAX_QUERIES}. */
  readonly queries?: number
  /** Statements that follow from which rows were rejected, in the same transaction. */
  readonly after?: (rejected: readonly Rejected[]) => readonly SQL[]
}

/** A batch that others overtake so often is tried again by its source. */
const MAX_ATTEMPTS = 3

/**
 * Accepts the rows; `claim` are the statements that record what the source says about completeness.
 *
 * @throws {ProductError} `body_too_large` when more queries were needed than are left; nothing was written.
 */
export async function accept(
  ingest: Ingest,
  source: string,
  rows: readonly unknown[],
  claim: readonly SQL[],
  { queries: left = MAX_QUERIES, after = () => [] }: AcceptOptions = {},
): Promise<Outcome> {
  const { db, contract, judge, sources, now } = ingest
  const judged = judge(rows, now())
  const ownership = ownershipOf(db, contract, sources, source)
  let spent = 0
  for (let attempt = 1; ; attempt++) {
    const foreign = await ownership.foreign(judged.good.map(({ stored }) => stored))
    spent += foreign.queries
    const good = judged.good.flatMap(({ stored }, at) => (foreign.places.has(at) ? [] : [stored]))
    const others = judged.good.filter((_, at) => foreign.places.has(at))
    const rejected = [
      ...judged.rejected,
      ...others.map(({ index, row }) => ({ index, row, errors: [foreignRecord(contract)] })),
    ].toSorted((a, b) => a.index - b.index)
    const writing = { good, rejected, claim: [...claim, ...after(rejected)], guards: ownership.guards(good) }
    const prepared = await prepare(ingest, source, writing)
    spent += prepared.statements.length
    if (spent > left) throw tooManyQueries
    try {
      return { ...(await write(ingest, prepared, writing)), queries: spent }
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

interface Prepared {
  readonly statements: readonly SQL[]
  /** Places of the statements whose changes are accepted rows. */
  readonly counted: ReadonlySet<number>
}

async function prepare(
  { contract, expected, now, newIncarnation }: Ingest,
  source: string,
  { good, rejected, claim, guards }: Writing,
): Promise<Prepared> {
  const writes = writeRows(contract, source, good)
  const before = [...guards, ensureState(newIncarnation())]
  return {
    statements: [
      ...before,
      ...writes.statements,
      ...(await quarantine(source, rejected, now())),
      ...claim,
      keepProgress,
      sql`SELECT ${watermark(expected)} AS as_of FROM ${stateRow}`,
    ],
    counted: new Set(writes.counts.flatMap((counts, at) => (counts ? [before.length + at] : []))),
  }
}

async function write(
  { db }: Ingest,
  { statements, counted }: Prepared,
  { good, rejected }: Writing,
): Promise<Omit<Outcome, 'queries'>> {
  const results = await db.batch<{ as_of: string | null }>(statements.map((s) => statement(db, s)))
  const accepted = results.reduce((sum, { meta }, at) => sum + (counted.has(at) ? meta.changes : 0), 0)
  return {
    accepted,
    repeated: good.length - accepted,
    quarantined: rejected.length,
    rejected,
    as_of: results.at(-1)?.results[0]?.as_of ?? null,
    databaseBytes: results.at(-1)?.meta.size_after ?? 0,
  }
}

const tooManyQueries = new ProductError(
  'body_too_large',
  'These rows take more queries than one request may make. Send them in smaller bodies.',
)
