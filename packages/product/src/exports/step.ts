/**
 * One bounded step of writing exports. Steps may be broken off anywhere, and may overlap: what a step has written counts only
 * once its row in the database says so, and a row is changed only by who read it as it is.
 *
 * What an export promises is that it and the changes after its moment are the table: a record that did not change since is
 * in its files exactly once, as it is; one that did may be there as it was, as it is, twice or not at all, and is told by the
 * change feed.
 */
import { sql, statement } from '../store/sql.ts'
import { letsLeave } from './archived.ts'
import { beginExport } from './begin.ts'
import { cleanUp, hasOver } from './clean-up.ts'
import { completeExport } from './complete.ts'
import type { Exporting, StepBounds } from './exporting.ts'
import { writePart } from './write-part.ts'

/** A part of 50,000 rows takes about a second and fifteen queries: far below 30 s and 1,000 of them. */
const usual: StepBounds = {
  parts: 30,
  milliseconds: 12_000,
  rows: 50_000,
  bytes: 16_000_000,
  pageBytes: 2_000_000,
}

/** What a step did. */
export interface StepReport {
  readonly begun: boolean
  /** Parts that were written, of both forms each. */
  readonly parts: number
  readonly completed: boolean
}

/** Does one step: begins an export that is due, goes on with one that was begun, completes it, and cleans up, whatever comes of it. */
export async function exportStep(exporting: Exporting): Promise<StepReport> {
  let completed = false
  try {
    const report = await writeStep(exporting)
    completed = report.completed
    return report
  } finally {
    if (completed || (await hasOver(exporting))) await cleanUp(exporting)
  }
}

async function writeStep(exporting: Exporting): Promise<StepReport> {
  const { bounds = usual, now } = exporting
  const end = now() + bounds.milliseconds
  const begun = await beginExport(exporting)
  let parts = 0
  while (parts < bounds.parts && now() <= end) {
    const next = await nextPartition(exporting)
    if (next === undefined) return { begun, parts, completed: false }
    if (next.month === null) return { begun, parts, completed: await completeExport(exporting) }
    const { run, month, progress, archive } = next
    if (!(await writePart(exporting, { run, month, progress, archive }, bounds))) break // another step wrote it
    parts += 1
  }
  return { begun, parts, completed: false }
}

interface Next {
  readonly run: string
  /** Null when all months are written. */
  readonly month: string | null
  readonly progress: string | null
  readonly archive: string | null
}

/** What is to be written next; undefined while no export is being written. */
async function nextPartition({ db, contract }: Exporting): Promise<Next | undefined> {
  // While it is written it may lose the last record that lives in files alone: then the table has all of them.
  const archive = letsLeave(contract)
    ? sql`(SELECT coalesce(p.files, '[]') FROM _archived_months AS a WHERE a.month = p.month AND a.records > 0)`
    : sql`NULL`
  const next = await statement(
    db,
    sql`SELECT e.id AS run, p.month, p.progress, ${archive} AS archive FROM _exports AS e
      LEFT JOIN (SELECT month, progress, files FROM _partitions WHERE taken > exported ORDER BY month LIMIT 1) AS p ON true
      WHERE e.manifest IS NULL LIMIT 1`,
  ).first<Next>()
  return next ?? undefined
}
