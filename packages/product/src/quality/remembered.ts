/**
 * Judging costs a scan, so its results are remembered. They are judged anew when data or contract changed, and then at
 * most once in five minutes, in a minute for each 100,000 records and pass: about 144 million rows a day at the worst.
 */
import { majorOf, type Contract } from '@meshloop/contract'
import { sql, statement } from '../store/sql.ts'
import { judgeRules, passesOf, type RuleResult } from './judge-rules.ts'

/** A rule's result with the moment at which it was judged, RFC 3339. */
export interface JudgedRule extends RuleResult {
  readonly judged_at: string
}

/**
 * How far the results can be relied on. `none`: the contract has no rules, or it is an older major's, whose records are
 * the newest one's. `current`: they are of the data as it is. `older`: data has changed since. `unjudged`: nobody has
 * judged by this contract yet. `failed`: the last try has not ended; results are those before it.
 */
export type QualityState = 'none' | 'current' | 'older' | 'unjudged' | 'failed'

/** What is remembered. */
export interface Quality {
  readonly state: QualityState
  readonly results: readonly JudgedRule[]
}

/** Whose quality is meant. `now`: Unix ms. */
export interface Judged {
  readonly db: D1Database
  readonly contract: Contract
  readonly contractHash: string
  readonly now: () => number
}

/** A judgement is one transaction, which D1 ends after 30 s. */
const JUDGING_MS = 60_000
const PAUSE_MS = 5 * 60_000
const PAUSE_MS_PER_RECORD = 60_000 / 100_000

/** The results that are remembered, without judging. */
export async function recallQuality(judged: Judged): Promise<Quality> {
  return hasRules(judged) ? qualityOf(judged, await readRow(judged)) : { state: 'none', results: [] }
}

/** Judges if that is due and nobody else is doing so; the results that hold then. */
export async function judgeQuality(judged: Judged): Promise<Quality> {
  if (!hasRules(judged)) return { state: 'none', results: [] }
  const row = await readRow(judged)
  if (!isDue(judged, row)) return qualityOf(judged, row)
  const at = new Date(judged.now()).toISOString()
  if (await claim(judged, row?.tried_at ?? null, at)) await remember(judged, at)
  return recallQuality(judged)
}

interface QualityRow {
  readonly tried_at: string | null
  readonly judged_at: string | null
  readonly contract: string | null
  readonly seq: number | null
  readonly records: number | null
  readonly results: string | null
  /** The last change that there is. */
  readonly seq_now: number
}

const hasRules = ({ contract }: Judged): boolean =>
  contract.projects === undefined && Object.keys(contract.quality ?? {}).length > 0

const readRow = ({ db, contract }: Judged): Promise<QualityRow | null> =>
  statement(
    db,
    sql`SELECT q.*, coalesce((SELECT seq FROM _state), 0) AS seq_now FROM (SELECT 1) LEFT JOIN _quality q ON q.major = ${majorOf(contract)}`,
  ).first<QualityRow>()

function qualityOf({ contractHash, now }: Judged, row: QualityRow | null): Quality {
  const isOurs = row?.contract === contractHash && row.judged_at !== null
  const results = isOurs ? resultsOf(row) : []
  if (isOurs && row.seq === row.seq_now) return { state: 'current', results }
  const isTried = row !== null && row.tried_at !== null && row.tried_at !== row.judged_at
  if (isTried && now() - Date.parse(row.tried_at ?? '') > JUDGING_MS) return { state: 'failed', results }
  return { state: isOurs ? 'older' : 'unjudged', results }
}

function resultsOf({ results, judged_at }: QualityRow): JudgedRule[] {
  const read = JSON.parse(results ?? '[]') as RuleResult[] // written below
  return read.map((result) => ({ ...result, judged_at: judged_at ?? '' }))
}

function isDue({ contract, contractHash, now }: Judged, row: QualityRow | null): boolean {
  if (row === null || row.tried_at === null) return true
  const isOurs = row.contract === contractHash
  if (isOurs && row.seq === row.seq_now) return false
  const passes = passesOf(Object.entries(contract.quality ?? {})).length
  const pauseMs = Math.max(PAUSE_MS, (row.records ?? 0) * passes * PAUSE_MS_PER_RECORD)
  return now() - Date.parse(row.tried_at) >= pauseMs
}

/** Takes the right to judge unless somebody else has taken it in between. */
async function claim({ db, contract }: Judged, before: string | null, at: string): Promise<boolean> {
  const taken = await statement(
    db,
    sql`INSERT INTO _quality (major, tried_at) VALUES (${majorOf(contract)}, ${at})
        ON CONFLICT (major) DO UPDATE SET tried_at = excluded.tried_at WHERE tried_at IS ${before} RETURNING 1`,
  ).first()
  return taken !== null
}

async function remember({ db, contract, contractHash }: Judged, at: string): Promise<void> {
  const { seq, records, results } = await judgeRules(db, contract)
  await statement(
    db,
    sql`UPDATE _quality SET judged_at = ${at}, contract = ${contractHash}, seq = ${seq}, records = ${records},
          results = ${JSON.stringify(results)}
        WHERE major = ${majorOf(contract)} AND tried_at = ${at}`,
  ).run()
}
