/**
 * Batches of the queue that were set aside, once more: dead letters, and those whose signature did not hold. After a fix they
 * come in by the path that they would have come in by, so that their numbers count and the watermark moves on.
 */
import { AccessError } from '@meshloop/access/batch'
import type { Runtime } from '../env.ts'
import { refusalOf } from '../store/database-refusals.ts'
import {
  countQuarantine,
  removeQuarantined,
  wholeRows,
  type QuarantinePosition,
  type Taking,
} from './quarantine.ts'
import { setAside, takeMessage, UNKNOWN_SOURCE } from './queue.ts'

/** Batches of one call, and their characters, at most: each is a transaction of some twenty queries. */
const MOST = { rows: 20, chars: 2_000_000 }

/** What became of the batches that were looked at, and of their rows. */
export interface TakenUp {
  /** Batches that are in now, or were before. */
  readonly batches: number
  /** Batches that stay, with the reasons of today. */
  readonly refused: number
  readonly accepted: number
  readonly repeated: number
  readonly quarantined: number
  /** Batches that are set aside now. */
  readonly left: number
  /** Behind these batches are more, which were not looked at. */
  readonly next: QuarantinePosition | undefined
}

/**
 * Takes set-aside batches up, the oldest first. Each proves by itself whose it is, so that it matters not who asks. Verified
 * as of when it came: what waited here for longer than a queue keeps it is not too old.
 *
 * @throws {ProductError} when the database cannot take more now; what was taken before stays.
 */
export async function takeUpLetters(runtime: Runtime, taking: Taking): Promise<TakenUp> {
  const { db } = runtime.ingest
  const { entries, next } = await wholeRows(db, UNKNOWN_SOURCE, taking, MOST)
  const sum = { batches: 0, refused: 0, accepted: 0, repeated: 0, quarantined: 0 }
  for (const { id, received_at, row } of entries)
    try {
      const after = () => [removeQuarantined(UNKNOWN_SOURCE, [id])]
      const outcome = await takeMessage(runtime, row, Date.parse(received_at), { after })
      runtime.door.sized(outcome.databaseBytes)
      sum.batches += 1
      sum.accepted += outcome.accepted
      sum.repeated += outcome.repeated
      sum.quarantined += outcome.quarantined
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal) throw refusal
      sum.refused += 1
      if (error instanceof AccessError) await setAside(runtime, row, error.code, error.message)
      // One that cannot be written keeps nobody from those behind it.
      // oxlint-disable-next-line no-console -- a Worker's log is its console
      else console.error(error)
    }
  return { ...sum, next, left: await countQuarantine(db, { source: UNKNOWN_SOURCE }) }
}
