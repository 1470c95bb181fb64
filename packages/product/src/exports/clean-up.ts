/** Deletes what no export that can still be read names. */
import { durationMs } from '@meshloop/contract'
import { sql, statement, type SQL } from '../store/sql.ts'
import { manifestKey } from './complete.ts'
import { FILES, filesSchema, isOfRun } from './files.ts'
import { readManifest } from './manifest.ts'
import type { Exporting } from './exporting.ts'

/** An export that begins now may write files before they are listed here: what is younger is left alone. */
const YOUNG_MS = 3_600_000
/** Pages of a thousand objects that one clean-up lists at most. */
const MOST_PAGES = 100

/** Whether an export was replaced so long ago that it is kept no longer. */
const isOver = ({ contract, now }: Exporting): SQL =>
  sql`coalesce(ended_at < ${new Date(now() - (durationMs(contract.exports?.keep ?? 'P7D') ?? 0)).toISOString()}, 0)`

/** Whether there is an export to forget, also where nothing is exported any more: what was erased leaves the bucket in time. */
export async function hasOver(exporting: Exporting): Promise<boolean> {
  const over = sql`SELECT 1 FROM _exports WHERE ${isOver(exporting)} LIMIT 1`
  return (await statement(exporting.db, over).first()) !== null
}

/**
 * Forgets exports that were replaced long enough ago, and deletes files that no other one names. They are forgotten last: what a
 * clean-up that was broken off has not deleted, the next one does.
 */
export async function cleanUp(exporting: Exporting): Promise<void> {
  const { db, bucket } = exporting
  const over = isOver(exporting)
  const { results } = await statement(db, sql`SELECT id FROM _exports WHERE ${over}`).all<{ id: string }>()
  const ids = results.map(({ id }) => id)
  await deleteLost(exporting, over)
  if (ids.length === 0) return
  await bucket.delete(ids.map(manifestKey))
  const forget = sql`DELETE FROM _exports WHERE id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`
  await statement(db, forget).run()
}

async function deleteLost({ db, bucket, now }: Exporting, over: SQL): Promise<void> {
  const at = now()
  const { named, open } = await namedFiles(db, over)
  const isLost = ({ key, uploaded }: R2Object): boolean =>
    !named.has(key.slice(FILES.length)) &&
    uploaded.getTime() < at - YOUNG_MS &&
    !open.some((id) => isOfRun(key, id))
  let cursor: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const listed = await bucket.list({ prefix: FILES, ...(cursor === undefined ? {} : { cursor }) })
    const lost = listed.objects.filter(isLost).map(({ key }) => key)
    if (lost.length > 0) await bucket.delete(lost)
    if (!listed.truncated) return
    cursor = listed.cursor
  }
}

/** Names of files that somebody may read, or that the next export is made of; and the exports that are being written. */
async function namedFiles(
  db: D1Database,
  over: SQL,
): Promise<{ named: ReadonlySet<string>; open: readonly string[] }> {
  const [exports, partitions] = await db.batch<{ id: string; manifest: string | null; files: string }>([
    statement(db, sql`SELECT id, manifest FROM _exports WHERE NOT ${over}`),
    statement(db, sql`SELECT files FROM _partitions WHERE files IS NOT NULL`),
  ])
  const rows = exports?.results ?? []
  return {
    named: new Set(
      [
        ...rows.flatMap(({ manifest }) => (manifest === null ? [] : readManifest(manifest).files)),
        ...(partitions?.results ?? []).flatMap(({ files }) => filesSchema.parse(JSON.parse(files))),
      ].map((file) => file.name),
    ),
    open: rows.flatMap(({ id, manifest }) => (manifest === null ? [id] : [])),
  }
}
