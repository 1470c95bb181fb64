/** What runs did and cost: answered to whoever asked for the run, kept for people. */
import { sql, statement } from '../store/sql.ts'
import type { Spent } from './budget.ts'
import type { Deriving, InputRead } from './deriving.ts'

/** What a run did for one input. */
export interface InputReport {
  /** Changes read, and the pages that they came in. */
  readonly changes: number
  readonly pages: number
  /** Changes that are against the input's contract: left out, and in quarantine. */
  readonly refused: number
  /** The input's watermark that the records have reached; null while there is none. */
  readonly as_of: string | null
  /** now − as_of, in milliseconds. */
  readonly lag_ms: number | null
  /** There is more to read. */
  readonly behind: boolean
  /** Why the input could not be read. */
  readonly failure?: string
}

/** What a run did. */
export interface RunReport extends Spent {
  /** By the id of the product. */
  readonly inputs: Readonly<Record<string, InputReport>>
  /** Keys whose record was built anew. */
  readonly built: number
  /** Those of them that have no record, or no more. */
  readonly removed: number
  /** Built records that the contract refuses; they are in quarantine. */
  readonly refused: number
  /** True when nothing is left to do; else run again. */
  readonly done: boolean
}

/** Runs that are kept: those that did something. */
const KEPT = 100

/** A report that was kept. */
export interface KeptReport extends RunReport {
  /** When the run ended, RFC 3339. */
  readonly at: string
}

/** Reports that are told. */
const TOLD = 10

/** The reports of the last runs that did something, the newest first. */
export async function lastReports(db: D1Database): Promise<KeptReport[]> {
  const { results } = await statement(
    db,
    sql`SELECT at, report FROM _runs ORDER BY n DESC LIMIT ${TOLD}`,
  ).all<{ at: string; report: string }>()
  return results.map(({ at, report }) => ({ at, ...(JSON.parse(report) as RunReport) })) // written below
}

/** What was read of each input, and where it stands now. */
export async function inputReports(
  { db, derivation, now }: Deriving,
  read: ReadonlyMap<string, InputRead>,
): Promise<RunReport['inputs']> {
  const { results } = await statement(db, sql`SELECT name, as_of FROM _progress`).all<{
    name: string
    as_of: string | null
  }>()
  return Object.fromEntries(
    Object.entries(derivation.inputs).map(([key, { of }]) => {
      const { changes = 0, refused = 0, pages = 0, behind = true, failure } = read.get(key) ?? {}
      const as_of = results.find(({ name }) => name === of.id)?.as_of ?? null
      const lag_ms = as_of === null ? null : now() - Date.parse(as_of)
      const failed = failure ? { failure: failure.message.slice(0, 300) } : {}
      return [of.id, { changes, pages, refused, as_of, lag_ms, behind, ...failed }]
    }),
  )
}

/** Keeps the report of a run that did something. */
export async function keepReport({ db, now }: Deriving, report: RunReport): Promise<void> {
  const changes = Object.values(report.inputs).reduce((sum, input) => sum + input.changes, 0)
  if (changes + report.built === 0 && report.done) return
  const at = new Date(now()).toISOString()
  await db.batch([
    statement(
      db,
      sql`INSERT INTO _runs (n, at, report) SELECT coalesce(max(n), 0) + 1, ${at}, ${JSON.stringify(report)} FROM _runs`,
    ),
    statement(db, sql`DELETE FROM _runs WHERE n <= (SELECT max(n) FROM _runs) - ${KEPT}`),
  ])
}
