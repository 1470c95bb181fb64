/**
 * The change feed: upserts and deletions in commit order, compacted to the newest change of each record.
 *
 * Compaction decides what a page may say about completeness: a record that changes again moves behind the reader,
 * so a page in the middle misses it. Only a page that reaches the end, as of the same statement, has seen
 * everything up to the watermark, and only that page carries `as_of`.
 */
import type { View } from '@meshloop/access/claims'
import { durationMs, majorOf, type Contract } from '@meshloop/contract'
import * as z from 'zod'
import { letsLeave } from '../exports/archived.ts'
import { keptMs } from '../exports/stored-exports.ts'
import { ProductError } from '../problems.ts'
import { standingColumns, stateRow, type Standing } from '../store/state.ts'
import { name, sql, statement, type SQL } from '../store/sql.ts'
import type { Position } from './cursor.ts'
import { recordJson } from './record-json.ts'
import type { Reader } from './page-query.ts'
import { ownRecords } from './stored.ts'
import { visibleFields } from './visible.ts'

/** A page of the feed. */
export interface Changes {
  readonly standing: Standing
  /** `{"op":"upsert","record":{…}}` or `{"op":"delete","key":{…}}` as JSON texts. */
  readonly changes: readonly string[]
  /** Where to go on, now or later. */
  readonly next: Position
  /** False at the end of the feed. */
  readonly more: boolean
  /** The watermark that holds once this page is applied; null before the end of the feed. */
  readonly as_of: string | null
}

/** What is asked for. */
export interface ChangesQuery {
  /** Where the page before ended; from the beginning without. */
  readonly after?: Position | undefined
  readonly limit: number
  /** Fields of upserted records beside the key; all that the view shows when absent. */
  readonly fields?: readonly string[] | undefined
  /** Unix ms; where deletions are forgotten it says how long a first reading has gone on. */
  readonly now?: number
}

/** The sequence that a view is followed by. @throws {ProductError} `columns_restricted` */
export function followedBy({ contract, stored = ownRecords(contract) }: Reader, view: View): string {
  const sequence = stored.sequence(view)
  if (sequence !== undefined) return sequence
  throw new ProductError(
    'columns_restricted',
    'This grant shows single fields: that a hidden one changed would be told with them. Read /records instead.',
  )
}

/** The changes after a position. @throws {ProductError} `columns_restricted`, `resync_required` */
export async function readChanges(
  reader: Reader,
  view: View,
  { after, limit, fields: asked, now: clock = 0 }: ChangesQuery,
): Promise<Changes> {
  const { db, contract, expected, stored = ownRecords(contract) } = reader
  const sequence = followedBy(reader, view)
  const { seq: from, ...given } = placeOf(after)
  const at = name(sequence)
  const fields = visibleFields(contract, view).filter(
    (field) => asked === undefined || asked.includes(field) || contract.key.includes(field),
  )
  const change = sql`CASE _deleted
    WHEN 1 THEN json_object('op', 'delete', 'key', ${recordJson(contract, contract.key)})
    ELSE json_object('op', 'upsert', 'record', ${recordJson(contract, fields)}) END`
  const page = sql`SELECT ${at} AS _at, ${change} AS change FROM ${stored.from} WHERE ${at} > ${from} ORDER BY ${at} LIMIT ${limit + 1}`
  // The standing is a row of its own, before the page: joined with it, D1 would read the page once more to put them together.
  const first = sql`SELECT seq AS _at, json_array(incarnation, as_of, _floor, (SELECT max(${at}) FROM records), ${leftOf(stored.table.contract, sequence)}) AS change
    FROM (SELECT ${standingColumns(expected)}, state.floor AS _floor FROM ${stateRow})`
  const { results } = await statement(db, sql`${first} UNION ALL SELECT * FROM (${page})`).all<{
    _at: number
    change: string
  }>()
  const [head, ...rows] = results
  const [incarnation, as_of, floor, end, left] = firstSchema.parse(JSON.parse(head?.change ?? 'null'))
  const now: Standing = { seq: head?._at ?? 0, incarnation, as_of }
  if (after !== undefined && (given.major !== majorOf(contract) || given.sequence !== sequence))
    throw new ProductError(
      'resync_required',
      'This cursor was given by another major, or when this grant’s fields had other classes.',
    )
  if (from > now.seq || (from > 0 && given.incarnation !== now.incarnation))
    throw new ProductError(
      'resync_required',
      'The database was restored to an earlier state since this cursor was given.',
    )
  const toldMs = durationMs(contract.tombstones ?? LEAST_TOLD) ?? 0
  const began = after === undefined ? hourOf(clock) : given.began
  const isBeginning = (ms: number): boolean => began !== undefined && clock - Date.parse(began) < ms
  if (from > 0 && from < floor && !isBeginning(toldMs))
    throw new ProductError(
      'resync_required',
      'Deletions after this cursor are no longer told: they are longer ago than the contract’s tombstones.',
    )
  // Who leaves did not change for so long: for longer, what was told before may have changed since, and left.
  if (after !== undefined && from < left && !isBeginning(keptMs(stored.table.contract)))
    throw new ProductError(
      'resync_required',
      'Records that changed after this cursor live in the bulk files alone by now.',
    )
  const more = rows.length > limit
  // At the end it is the last change of this sequence: it stands still while others go on.
  const seq = more ? Number(rows[limit - 1]?._at) : Math.max(from, end, floor, left)
  const forgets = floor > 0 || contract.tombstones !== undefined || letsLeave(stored.table.contract)
  const isFirst = more && began !== undefined && forgets
  return {
    standing: now,
    changes: rows.slice(0, limit).map((row) => row.change),
    next: [now.incarnation, seq, majorOf(contract), sequence, ...(isFirst ? [began] : [])],
    more,
    as_of: more ? null : now.as_of,
  }
}

const number = z
  .number()
  .nullable()
  .transform((each) => each ?? 0)

/** Beside the sequence: incarnation, watermark, floor of the deletions, end of the feed, and what left. */
const firstSchema = z.tuple([z.string(), z.string().nullable(), number, number, number])

/** The number of the last record that left, where records leave. */
const leftOf = (contract: Contract, sequence: string): SQL =>
  letsLeave(contract) ? sql`(SELECT seq FROM _left WHERE sequence = ${sequence})` : sql`NULL`

/** A place in the feed, as a position holds it. */
interface Place {
  readonly incarnation: string
  readonly seq: number
  readonly major: number
  readonly sequence: string
  /**
   * The hour in which a first reading began, until it reaches the end. It has nothing yet that a deletion before would take
   * away: those that are forgotten while it reads, within the time that they are told, it needs not know.
   */
  readonly began: string | undefined
}

/** Of an older major that does not say it: what a contract may say at least. */
const LEAST_TOLD = 'P1D'

const hourOf = (ms: number): string => new Date(ms - (ms % 3_600_000)).toISOString()

function placeOf(position: Position | undefined): Place {
  const [incarnation = '', seq = 0, major = 0, sequence = '', began] = position ?? []
  return {
    incarnation: String(incarnation),
    seq: Number(seq),
    major: Number(major),
    sequence: String(sequence),
    began: began === undefined ? undefined : String(began),
  }
}
