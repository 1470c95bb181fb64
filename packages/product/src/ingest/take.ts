/** Takes a body in, batch by batch: each is one transaction, and what was taken before a failure stays. */
import { ProductError, type Taken } from '../problems.ts'
import { MAX_QUERIES } from '../limits.ts'
import { accept, type Ingest, type Outcome } from './accept.ts'
import { acknowledgedClaim } from './claims.ts'
import type { Rejected } from './judge.ts'
import { refusalOf } from '../store/database-refusals.ts'

/** What became of a body. `accepted + repeated + quarantined` is the number of rows; `rejected` are the first of them. */
export type BodyOutcome = Omit<Outcome, 'queries' | 'databaseBytes'>

/** A batch as a body holds it; see `SentBatch`. */
interface Batch {
  readonly rows: readonly unknown[]
  readonly completeUpTo: string | undefined
}

/** Rejected rows are told one by one up to here; all are counted and can be listed. */
const MAX_REJECTED = 100

/** Queries that a request needs beside its rows: with an Idempotency-Key. */
const BESIDE = 5

/**
 * Takes the batches in, one after the other; a claim counts with the batch that it comes with. `sized` is told how large the
 * database is after each.
 *
 * @throws {ProductError} what reading the batches throws, `body_too_large`, `overloaded`, `database_full`,
 *   `database_unavailable`; with `taken` if batches before it are in.
 */
export async function takeBatches(
  ingest: Ingest,
  source: string,
  batches: AsyncIterable<Batch>,
  sized: (bytes: number) => void,
): Promise<BodyOutcome> {
  let taken: BodyOutcome = { accepted: 0, repeated: 0, quarantined: 0, as_of: null, rejected: [] }
  let left = MAX_QUERIES - BESIDE
  try {
    for await (const { rows, completeUpTo } of batches) {
      const claim = completeUpTo === undefined ? [] : [acknowledgedClaim(source, completeUpTo)]
      const { queries, databaseBytes, ...outcome } = await accept(ingest, source, rows, claim, { queries: left }) // prettier-ignore
      left -= queries
      sized(databaseBytes)
      taken = plus(taken, outcome)
    }
  } catch (error) {
    throw interrupted(error, taken)
  }
  return taken
}

const rowsOf = ({ accepted, repeated, quarantined }: Taken): number => accepted + repeated + quarantined

/** Places of rejected rows count from the beginning of the body. */
function plus(before: BodyOutcome, batch: BodyOutcome): BodyOutcome {
  const first = rowsOf(before)
  const moved = ({ index, ...rest }: Rejected): Rejected => ({ index: first + index, ...rest })
  return {
    accepted: before.accepted + batch.accepted,
    repeated: before.repeated + batch.repeated,
    quarantined: before.quarantined + batch.quarantined,
    as_of: batch.as_of,
    rejected: [
      ...before.rejected,
      ...batch.rejected.slice(0, MAX_REJECTED - before.rejected.length).map(moved),
    ],
  }
}

/** A refusal that says what is in already. Another error stays as it is: nobody knows more. */
function interrupted(error: unknown, { accepted, repeated, quarantined }: Taken): unknown {
  const refusal = error instanceof ProductError ? error : refusalOf(error)
  if (!refusal || accepted + repeated + quarantined === 0) return refusal ?? error
  const { code, message, errors, retryAfterSeconds } = refusal
  const taken = { accepted, repeated, quarantined }
  const went = `${message} ${rowsOf(taken)} rows before it are in; sending all of them again changes nothing.`
  return new ProductError(code, went, errors, {
    taken,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  })
}
