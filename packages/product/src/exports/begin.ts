/** Begins an export: one moment of the database, and the months that its files do not hold as of it. */
import { durationMs, type Contract } from '@meshloop/contract'
import { standingColumns, stateRow } from '../store/state.ts'
import { guard, isGuardFailure, name, sql, statement, type SQL } from '../store/sql.ts'
import { letsLeave } from './archived.ts'
import { monthOf } from './left-months.ts'
import { readManifest, type Manifest } from './manifest.ts'
import type { Exporting } from './exporting.ts'

/** The schedule looks so often: an export begins before it is due rather than after. */
const SCHEDULE_MS = 5 * 60_000
/** Of more changes each month is written anew, rather than each change looked at. */
const MANY_CHANGES = 200_000
/** Sorts after all that begins with a month. */
const AFTER = '~'

/** The records of a month, for the condition of a query: months are read by the index of event time. */
export const inMonth = (time: SQL, month: string): SQL =>
  sql`${time} >= ${month} AND ${time} < ${month + AFTER}`

/**
 * Begins one when it is due: `every` after the last one began, if the database stands elsewhere since.
 *
 * The moment, the months and how often each had changed are read in one transaction. What changes afterwards has a greater
 * sequence number, and may or may not be in the files: whoever follows the changes from this moment on learns of it.
 */
export async function beginExport({ db, contract, expected, now, newId }: Exporting): Promise<boolean> {
  const last = await readLast(db, expected)
  if (!last || last.incarnation === '' || !isDue(contract, last, now())) return false
  const at = new Date(now()).toISOString()
  const isOther = isOtherwise(contract, last)
  const many = last.last_seq === null || last.seq - last.last_seq > MANY_CHANGES
  const months = isOther || many ? everyMonth(contract, isOther) : monthsSince(contract)
  try {
    await db.batch(
      [
        guard(sql`NOT EXISTS (SELECT 1 FROM _exports WHERE manifest IS NULL)`),
        sql`INSERT INTO _partitions (month, changed, exported) ${months}
          ON CONFLICT (month) DO UPDATE SET changed = changed + 1`,
        sql`UPDATE _partitions SET taken = changed, progress = NULL WHERE changed > exported`,
        sql`INSERT INTO _exports (id, begun_at, incarnation, seq, as_of)
          SELECT ${`${at.replaceAll(/[-:]|\.\d+/g, '').toLowerCase()}-${newId()}`}, ${at}, incarnation, seq, as_of FROM (SELECT ${standingColumns(expected)} FROM ${stateRow})`,
      ].map((each) => statement(db, each)),
    )
    return true
  } catch (error) {
    if (isGuardFailure(error)) return false // another run was faster
    throw error
  }
}

/** Where the database stands, and the export that was begun last. One that was begun in another life is given up. */
async function readLast(db: D1Database, expected: readonly string[]): Promise<Last | null> {
  const query = sql`SELECT ${standingColumns(expected)}, e.begun_at, e.seq AS last_seq, e.as_of AS last_as_of, e.incarnation AS last_life, e.manifest
      FROM ${stateRow} LEFT JOIN (SELECT * FROM _exports ORDER BY begun_at DESC LIMIT 1) AS e ON true`
  const last = await statement(db, query).first<Last>()
  if (!last?.begun_at || last.manifest !== null || last.last_life === last.incarnation) return last
  const isOpen = sql`manifest IS NULL AND incarnation <> (SELECT incarnation FROM _state)`
  await db.batch(
    [
      // What it has written may have been deleted since: the database knows no more of it than when it was restored to.
      sql`UPDATE _partitions SET progress = NULL WHERE EXISTS (SELECT 1 FROM _exports WHERE ${isOpen})`,
      sql`DELETE FROM _exports WHERE ${isOpen}`,
    ].map((each) => statement(db, each)),
  )
  return statement(db, query).first<Last>()
}

interface Last {
  readonly manifest: string | null
  readonly seq: number
  readonly incarnation: string
  readonly as_of: string | null
  readonly begun_at: string | null
  readonly last_seq: number | null
  readonly last_as_of: string | null
  readonly last_life: string | null
}

/**
 * Whether no file of the last export may be a part of the next one. Whoever begins again after the database was restored needs
 * one of this life: the older ones lead into the former. And all files of an export are of one shape.
 */
const isOtherwise = (contract: Contract, { manifest, last_life, incarnation, begun_at }: Last): boolean =>
  begun_at !== null &&
  (last_life !== incarnation || (manifest !== null && !isOfShape(contract, readManifest(manifest))))

/** Whether records have the same fields: a version that only repairs changes none. */
export const isOfShape = (contract: Contract, { version }: Pick<Manifest, 'version'>): boolean =>
  shapeOf(version) === shapeOf(contract.version)

const shapeOf = (version: string): string => version.split('.', 2).join('.')

function isDue(contract: Contract, last: Last, now: number): boolean {
  if (last.begun_at === null) return last.seq > 0 || last.as_of !== null
  if (isOtherwise(contract, last)) return true
  if (last.seq === last.last_seq && last.as_of === last.last_as_of) return false
  return now - Date.parse(last.begun_at) >= (durationMs(contract.exports?.every ?? 'PT1H') ?? 0) - SCHEDULE_MS
}

/** Months of records that changed since the last export began. */
const monthsSince = ({ eventTime }: Contract): SQL =>
  sql`SELECT DISTINCT ${monthOf(name(eventTime))}, 1, 0 FROM records
    WHERE _seq > (SELECT max(seq) FROM _exports) AND _deleted = 0`

/** Months that have records in the table, one look into the index each; with `archived` those too that have some in files alone. */
const everyMonth = (contract: Contract, archived: boolean): SQL =>
  archived && letsLeave(contract)
    ? sql`${monthsOfTable(contract)} UNION SELECT month, 1, 0 FROM _archived_months WHERE records > 0`
    : monthsOfTable(contract)

const monthsOfTable = ({ eventTime }: Contract): SQL => sql`
  WITH RECURSIVE months (first) AS (
    SELECT min(${name(eventTime)}) FROM records
    UNION ALL
    SELECT (SELECT min(${name(eventTime)}) FROM records WHERE ${name(eventTime)} > ${monthOf(sql`first`)} || ${AFTER})
    FROM months WHERE first IS NOT NULL)
  SELECT ${monthOf(sql`first`)}, 1, 0 FROM months WHERE first IS NOT NULL`
