/** `GET /status`: where the product stands, judged by its own promises. */
import { wholeView, type View } from '@meshloop/access/claims'
import { durationMs, fieldsOfRule, type Contract } from '@meshloop/contract'
import type { Runtime } from '../env.ts'
import type { Shown } from './reading.ts'
import { recallQuality, type JudgedRule, type QualityState } from '../quality/remembered.ts'
import { judgedOf } from '../quality/route.ts'
import { standing, type Standing } from '../store/state.ts'
import { sql, statement } from '../store/sql.ts'
import { standingOf } from '../query/records.ts'
import { visibleFields } from '../query/visible.ts'

/** What a source or an input has reached. */
export interface Progress {
  readonly name: string
  readonly as_of: string | null
  /** Last batch of a queue source without a gap before it. */
  readonly n: number | null
  /** Batches that wait for a missing one. */
  readonly waiting: number
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
  /** Null for a grant of some rows, or of totals alone: it would tell of the others. */
  readonly counts: { readonly changes: number; readonly quarantined: number } | null
  /** What the contract's rules last counted: those about fields that the view shows. Null as `counts` is. */
  readonly quality: readonly JudgedRule[] | null
  readonly quality_state: QualityState | null
  /** Sources, or the inputs of a derived product, that the watermark is the minimum of. */
  readonly progress: readonly Progress[]
}

/** The status as of now, for somebody whom a token shows something; all of it without. */
export async function readStatus(runtime: Runtime, shown: Shown | undefined): Promise<Status> {
  const { contract, contractHash, reader, now } = runtime
  const view = shown?.view
  const hidesRows = shown !== undefined && (shown.totalsOnly || shown.view.rows.length > 0)
  const quality = recallQuality(judgedOf(runtime))
  const progress = statement(
    reader.db,
    sql`SELECT ${standing(reader.expected)}, (SELECT count(*) FROM _quarantine) AS quarantined, e.value AS name, p.as_of AS reached, p.n,
          (SELECT count(*) FROM _batches b WHERE b.source = e.value) AS waiting
        FROM (SELECT 1) LEFT JOIN json_each(${JSON.stringify(reader.expected)}) e ON true LEFT JOIN _progress p ON p.name = e.value`,
  ).all<
    Standing & {
      quarantined: number
      name: string | null
      reached: string | null
      n: number | null
      waiting: number
    }
  >()
  const [{ results }, { state, results: judged }] = await Promise.all([progress, quality])
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
    counts: hidesRows ? null : { changes: seq, quarantined: results[0]?.quarantined ?? 0 },
    quality: hidesRows ? null : judged.filter(({ rule }) => showsRule(contract, rule, view)),
    quality_state: hidesRows ? null : state,
    progress: results.flatMap(({ name, reached, n, waiting }) =>
      name === null ? [] : [{ name, as_of: reached, n, waiting }],
    ),
  }
}

function showsRule(contract: Contract, name: string, view: View | undefined): boolean {
  const rule = contract.quality?.[name]
  const shown = visibleFields(contract, view ?? wholeView)
  return rule !== undefined && fieldsOfRule(rule).every((field) => shown.includes(field))
}
