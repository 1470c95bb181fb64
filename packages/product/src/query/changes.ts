/**
 * The change feed: upserts and deletions in commit order, compacted to the newest change of each record.
 *
 * Compaction decides what a page may say about completeness: a record that changes again moves behind the reader,
 * so a page in the middle misses it. Only a page that reaches the end, as of the same statement, has seen
 * everything up to the watermark, and only that page carries `as_of`.
 */
import type { View } from '@meshloop/access/claims'
import { majorOf } from '@meshloop/contract'
import { sealCursor, openCursor } from './cursor.ts'
import { ProductError } from '../problems.ts'
import { standing, type Standing } from '../store/state.ts'
import { sql, statement } from '../store/sql.ts'
import { recordJson } from './record-json.ts'
import { standingOf, type Reader } from './records.ts'
import { ownRecords } from './stored.ts'
import { visibleFields } from './visible.ts'

/** A page of the feed. */
export interface Changes {
  readonly standing: Standing
  /** `{"op":"upsert","record":{…}}` or `{"op":"delete","key":{…}}` as JSON texts. */
  readonly changes: readonly string[]
  /** Where to go on, now or later. */
  readonly cursor: string
  /** False at the end of the feed. */
  readonly more: boolean
  /** The watermark that holds once this page is applied; null before the end of the feed. */
  readonly as_of: string | null
}

const FEED = 'changes'

/** What is asked for. */
export interface ChangesQuery {
  /** The cursor of the page before; from the beginning without. */
  readonly after?: string | undefined
  readonly limit: number
  /** Fields of upserted records beside the key; all that the view shows when absent. */
  readonly fields?: readonly string[] | undefined
}

/** The changes after a cursor. @throws {ProductError} `resync_required`, `cursor_invalid`. */
export async function readChanges(
  reader: Reader,
  view: View,
  { after, limit, fields: asked }: ChangesQuery,
): Promise<Changes> {
  const { db, contract, expected, stored = ownRecords(contract) } = reader
  const position = positionOf(after)
  const fields = visibleFields(contract, view).filter(
    (field) => asked === undefined || asked.includes(field) || contract.key.includes(field),
  )
  const change = sql`CASE _deleted
    WHEN 1 THEN json_object('op', 'delete', 'key', ${recordJson(contract, contract.key)})
    ELSE json_object('op', 'upsert', 'record', ${recordJson(contract, fields)}) END`
  const page = sql`SELECT _seq, ${change} AS change FROM ${stored.from} WHERE _seq > ${position.seq} ORDER BY _seq LIMIT ${limit + 1}`
  const { results } = await statement(
    db,
    sql`SELECT ${standing(expected)}, page.* FROM (SELECT 1) LEFT JOIN (${page}) AS page ON true ORDER BY page._seq`,
  ).all<Standing & { _seq: number | null; change: string | null }>()
  const now = standingOf(results[0])
  if (after !== undefined && position.major !== majorOf(contract))
    throw new ProductError(
      'resync_required',
      'This cursor was given by another major, whose records are others.',
    )
  if (position.seq > now.seq || (position.seq > 0 && position.incarnation !== now.incarnation))
    throw new ProductError(
      'resync_required',
      'The database was restored to an earlier state since this cursor was given.',
    )
  const rows = results.filter((row) => row.change !== null)
  const more = rows.length > limit
  const seq = more ? Number(rows[limit - 1]?._seq) : now.seq
  return {
    standing: now,
    changes: rows.slice(0, limit).map((row) => String(row.change)),
    cursor: sealCursor(FEED, [now.incarnation, seq, majorOf(contract)]),
    more,
    as_of: more ? null : now.as_of,
  }
}

function positionOf(cursor: string | undefined): { incarnation: string; seq: number; major?: number } {
  if (cursor === undefined) return { incarnation: '', seq: 0 }
  const [incarnation, seq, major] = openCursor(cursor, FEED)
  return { incarnation: String(incarnation), seq: Number(seq), major: Number(major) }
}
