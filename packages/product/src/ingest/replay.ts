/** Quarantined rows once more: judged by today's contract, accepted by the same path, and removed in the same transaction. */
import { accept, type Ingest } from './accept.ts'
import {
  countQuarantine,
  removeQuarantined,
  wholeRows,
  type QuarantinePosition,
  type Taking,
} from './quarantine.ts'

/** Rows of one call, and their characters, at most. */
const MOST = { rows: 1_000, chars: 2_000_000 }

/** What became of the rows that were looked at. */
export interface Replayed {
  readonly accepted: number
  readonly repeated: number
  /** Rows that fit no better than before: they stay, with the reasons of today. */
  readonly quarantined: number
  /** Entries of the source that are there now, those that are kept by their beginning only included. */
  readonly left: number
  /** Behind these rows are more, which were not looked at. */
  readonly next: QuarantinePosition | undefined
}

/**
 * Replays rows of a source, the oldest first. What is kept by its beginning only stays as it is. `sized` is told how large
 * the database is.
 */
export async function replay(
  ingest: Ingest,
  source: string,
  taking: Taking,
  sized: (bytes: number) => void,
): Promise<Replayed> {
  const { entries, next } = await wholeRows(ingest.db, source, taking, MOST)
  const rows = entries.map(({ row }) => row)
  const { accepted, repeated, quarantined, databaseBytes } = await accept(ingest, source, rows, [], {
    after(rejected) {
      const stay = new Set(rejected.map(({ index }) => index))
      const gone = entries.flatMap(({ id }, index) => (stay.has(index) ? [] : [id]))
      return gone.length === 0 ? [] : [removeQuarantined(source, gone)]
    },
  })
  sized(databaseBytes)
  return { accepted, repeated, quarantined, next, left: await countQuarantine(ingest.db, { source }) }
}
