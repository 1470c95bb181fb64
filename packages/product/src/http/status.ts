/** `GET /status`: where the product stands, judged by its own promises. */
import { durationMs } from '@meshloop/contract'
import { lastReports, type KeptReport } from '../derive/report.ts'
import type { Runtime } from '../env.ts'
import { hotFrom } from '../exports/archived.ts'
import type { Shown } from './shown.ts'
import { recallQuality, type JudgedRule, type QualityState } from '../quality/remembered.ts'
import { judgedOf } from '../quality/route.ts'
import { standingColumns, stateRow, type Standing } from '../store/state.ts'
import { MAX_COUNTED } from '../limits.ts'
import { sql, statement } from '../store/sql.ts'
import { standingOf } from '../query/records.ts'
import { EVERY_CHANGE } from '../query/sequence.ts'
import { ownRecords } from '../query/stored.ts'

/** What a source or an input has reached. */
export interface Progress {
  readonly name: string
  readonly as_of: string | null
  /** Last batch of a source that sends by a queue, without a gap before it. Null of an input, and as `counts` is. */
  readonly n: number | null
  /** Batches that wait for a missing one. Null as `n` is. */
  readonly waiting: number | null
}

/** The document of `GET /status`. Times are RFC 3339. */
export interface Status {
  readonly product: string
  readonly version: string
  readonly contract: string
  readonly as_of: string | null
  readonly freshness: {
    readonly promised: string
    /** now − watermark, in milliseconds. */
    readonly age_ms: number | null
    /** `unknown`: a source or input has not said up to when it is complete. */
    readonly verdict: 'fresh' | 'late' | 'unknown'
  }
  /**
   * `quarantined` is counted up to {@link MAX_COUNTED}. Null for a grant that does not show everything: it would tell how much
   * there is beside, and when that changes.
   */
  readonly counts: { readonly changes: number; readonly quarantined: number } | null
  /** From then on all records are here; older ones may live in the bulk files alone. Null where none does, and as `counts` is. */
  readonly hot_from: string | null
  /** What the contract's rules last counted, and when: changes that are hidden let them be counted anew. Null as `counts` is. */
  readonly quality: readonly JudgedRule[] | null
  readonly quality_state: QualityState | null
  /** Sources, or the inputs of a derived product, that the watermark is the minimum of. */
  readonly progress: readonly Progress[]
  /** What the last runs of a derived product did and cost, the newest first; of others there are none. Null as `counts` is. */
  readonly runs: readonly KeptReport[] | null
}

/** The status as of now, for somebody whom a token shows something; all of it without. */
export async function readStatus(runtime: Runtime, shown: Shown | undefined): Promise<Status> {
  const { contract, contractHash, reader, now } = runtime
  const isNarrowed = shown !== undefined && hidesSomething(runtime, shown)
  const stored = reader.stored ?? ownRecords(contract)
  const quality = recallQuality(judgedOf(runtime))
  const progress = statement(
    reader.db,
    sql`SELECT ${standingColumns(reader.expected)}, (SELECT count(*) FROM (SELECT 1 FROM _quarantine LIMIT ${MAX_COUNTED})) AS quarantined, ${hotFrom(stored.table.contract)} AS hot_from, e.value AS name, p.as_of AS reached, p.n,
          (SELECT count(*) FROM _batches b WHERE b.source = e.value) AS waiting
        FROM ${stateRow} LEFT JOIN json_each(${JSON.stringify(reader.expected)}) e ON true LEFT JOIN _progress p ON p.name = e.value`,
  ).all<
    Standing & {
      quarantined: number
      hot_from: string | null
      name: string | null
      reached: string | null
      n: number | null
      waiting: number
    }
  >()
  const runs = contract.inputs && !isNarrowed ? lastReports(reader.db) : []
  const [{ results }, { state, results: judged }, reports] = await Promise.all([progress, quality, runs])
  const { as_of, seq } = standingOf(results[0])
  const age_ms = as_of === null ? null : now() - Date.parse(as_of)
  const allowed = durationMs(contract.freshness) ?? 0
  return {
    product: contract.id,
    version: contract.version,
    contract: contractHash,
    as_of,
    freshness: {
      promised: contract.freshness,
      age_ms,
      verdict: age_ms === null ? 'unknown' : age_ms <= allowed ? 'fresh' : 'late',
    },
    counts: isNarrowed ? null : { changes: seq, quarantined: results[0]?.quarantined ?? 0 },
    hot_from: isNarrowed ? null : (results[0]?.hot_from ?? null),
    quality: isNarrowed ? null : judged,
    quality_state: isNarrowed ? null : state,
    progress: results.flatMap(({ name, reached, n, waiting }) => {
      const batches = isNarrowed || contract.inputs ? { n: null, waiting: null } : { n, waiting }
      return name === null ? [] : [{ name, as_of: reached, ...batches }]
    }),
    runs: isNarrowed ? null : reports,
  }
}

/** Whether there are changes of which the token tells nothing. */
function hidesSomething({ contract, reader }: Runtime, { view, totalsOnly }: Shown): boolean {
  const { sequence } = reader.stored ?? ownRecords(contract)
  return totalsOnly || view.rows.length > 0 || sequence(view) !== EVERY_CHANGE
}
