/**
 * Lets records leave D1: those of months that ended longer than `exports.hot` ago, once the files hold them as they are.
 *
 * Nothing is told of it in the feed: they are still true, and who follows has them. So that nobody misses their last change, a
 * record stays for as long as replaced exports are kept after it was exported; whoever follows more slowly is told to begin
 * again. Kept totals move along, so that an answer from them and one from records agree.
 */
import { durationMs, type Contract } from '@meshloop/contract'
import { jsonChunks } from '../store/json-chunks.ts'
import { moveTotals } from '../store/rollups.ts'
import { keepProgress } from '../store/state.ts'
import { commas, guard, isGuardFailure, item, name, sql, statement, type SQL } from '../store/sql.ts'
import { EVERY_CHANGE } from '../query/sequence.ts'
import { sequencesOf } from '../table/levels.ts'
import { letsLeave } from './archived.ts'
import { confirmStored, FILES, filesSchema } from './files.ts'
import { monthOf } from './left-months.ts'
import { readManifest } from './manifest.ts'
import { isOfShape } from './begin.ts'
import type { Exporting } from './exporting.ts'
import { keptMs } from './stored-exports.ts'

/** How much one run lets go. */
export interface EvictionBounds {
  readonly chunks: number
  /** Records of one transaction. */
  readonly rows: number
  /** No chunk is begun after so long. */
  readonly milliseconds: number
}

/** A chunk is about fifteen statements: with those of exports below the 1,000 of an invocation. */
const usual: EvictionBounds = { chunks: 15, rows: 5_000, milliseconds: 8_000 }

/** What a run needs. */
export type Evicting = Pick<Exporting, 'db' | 'bucket' | 'contract' | 'now'>

/**
 * Lets the next records go, the oldest first. May be broken off, repeated and run beside itself.
 *
 * @returns how many left
 * @throws {Error} when a file of their month is not in the bucket as it was written: then nothing of the month leaves
 */
export async function evict(evicting: Evicting, bounds: EvictionBounds = usual): Promise<number> {
  const { db, contract, now } = evicting
  if (!letsLeave(contract)) return 0
  const end = now() + bounds.milliseconds
  const until = await exportedUntil(evicting)
  if (!until) return 0
  const confirmed = new Set<string>()
  let left = 0
  for (let chunk = 0; chunk < bounds.chunks && now() <= end; chunk++) {
    const { keys, months } = await nextRecords(evicting, until.seq, bounds.rows)
    const [json] = jsonChunks(keys, bounds.rows)
    if (json === undefined) break
    for (const month of months)
      if (!confirmed.has(month)) {
        await confirmMonth(evicting, month)
        confirmed.add(month)
      }
    const statements = leaving(contract, until, json)
    try {
      const results = await db.batch(statements.map((each) => statement(db, each)))
      left += results.at(-1)?.meta.changes ?? 0
    } catch (error) {
      if (isGuardFailure(error)) break // an export has begun
      throw error
    }
    if (keys.length < bounds.rows) break
  }
  return left
}

/** The first month, `2026-11`, of which all records are in D1. `now`: Unix ms. */
export const firstHotMonth = ({ exports: rule }: Contract, now: number): string =>
  new Date(now - (durationMs(rule?.hot ?? '') ?? Infinity)).toISOString().slice(0, 7)

interface Until {
  readonly id: string
  /** Who did not change since is in the files, and everybody had time to be told so. */
  readonly seq: number
}

/** The export that was the newest one `keep` ago; undefined while an export is written, or the newest one is of another shape. */
async function exportedUntil({ db, contract, now }: Evicting): Promise<Until | undefined> {
  const kept = new Date(now() - keptMs(contract)).toISOString()
  const row = await statement(
    db,
    sql`SELECT e.id, e.seq, (SELECT manifest FROM _exports ORDER BY begun_at DESC LIMIT 1) AS newest FROM _exports AS e
      WHERE e.manifest IS NOT NULL AND e.made_at < ${kept} AND e.incarnation = (SELECT incarnation FROM _state)
      ORDER BY e.begun_at DESC LIMIT 1`,
  ).first<Until & { newest: string | null }>()
  return row?.newest && isOfShape(contract, readManifest(row.newest)) ? row : undefined
}

/** The next records that may leave: their keys, and the months of their event times. */
async function nextRecords(
  { db, contract, now }: Evicting,
  seq: number,
  rows: number,
): Promise<{ keys: string[]; months: ReadonlySet<string> }> {
  const time = name(contract.eventTime)
  const order = commas(
    [contract.eventTime, ...contract.key.filter((key) => key !== contract.eventTime)].map(name),
  )
  const found = await statement(
    db,
    sql`SELECT json_array(${commas(contract.key.map(name))}) AS _key, ${monthOf(time)} AS _month FROM records
      WHERE ${time} < ${firstHotMonth(contract, now())} AND _deleted = 0 AND +_seq <= ${seq} ORDER BY ${order} LIMIT ${rows}`,
  ).all<{ _key: string; _month: string }>()
  return {
    keys: found.results.map(({ _key }) => _key),
    months: new Set(found.results.map(({ _month }) => _month)),
  }
}

/** @throws {Error} when the files of a month are not all there */
async function confirmMonth({ db, bucket }: Evicting, month: string): Promise<void> {
  const row = await statement(db, sql`SELECT files FROM _partitions WHERE month = ${month}`).first<{ files: string | null }>() // prettier-ignore
  const files = filesSchema.parse(JSON.parse(row?.files ?? '[]'))
  if (files.length === 0) throw new Error(`records of ${month} were to leave, and no file holds them`)
  for (const file of files) confirmStored(await bucket.head(`${FILES}${file.name}`), file)
}

/** One transaction; the changes of its last statement are the records that left. */
function leaving(contract: Contract, { id, seq }: Until, json: string): SQL[] {
  const own = commas(contract.key.map(name))
  // Who changed meanwhile has a greater number.
  const who = sql`_deleted = 0 AND +_seq <= ${seq}
    AND (${own}) IN (SELECT ${commas(contract.key.map((_, i) => item(i)))} FROM json_each(${json}))`
  const month = monthOf(name(contract.eventTime))
  const sequences = [EVERY_CHANGE, ...sequencesOf(contract).map(({ column }) => column)]
  return [
    guard(sql`EXISTS (SELECT 1 FROM _exports WHERE id = ${id} AND incarnation = (SELECT incarnation FROM _state))
      AND NOT EXISTS (SELECT 1 FROM _exports WHERE manifest IS NULL)`),
    ...(contract.rollups ?? []).map((rollup) => moveTotals(contract, rollup, who, sql`-`)),
    ...sequences.map(
      (sequence) => sql`INSERT INTO _left (sequence, seq)
        SELECT ${sequence}, max(coalesce(${name(sequence)}, _seq)) FROM records WHERE ${who} HAVING count(*) > 0
        ON CONFLICT (sequence) DO UPDATE SET seq = max(seq, excluded.seq)`,
    ),
    // What is remembered of the records is no longer what they are: without a change of any, the revision moves.
    sql`UPDATE _state SET seq = seq + 1`,
    keepProgress,
    sql`INSERT INTO _archived_months (month, records) SELECT ${month}, count(*) FROM records WHERE ${who} GROUP BY 1
      ON CONFLICT (month) DO UPDATE SET records = records + excluded.records`,
    sql`INSERT INTO _archived (${own}, _month, _version, _hash, _source)
      SELECT ${own}, ${month}, _version, _hash, _source FROM records WHERE ${who}`,
    sql`DELETE FROM records WHERE ${who}`,
  ]
}
