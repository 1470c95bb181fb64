/** Deletes what no export that can still be read names. */
import { durationMs } from '@meshloop/contract'
import { sql, statement } from '../store/sql.ts'
import { manifestKey } from './complete.ts'
import { FILES, filesSchema, isOfRun } from './files.ts'
import { readManifest } from './manifest.ts'
import type { Exporting } from './step.ts'

/** An export that begins now may write files before they are listed here: what is younger is left alone. */
const YOUNG_MS = 3_600_000
/** Pages of a thousand objects that one clean-up lists at most. */
const MOST_PAGES = 100

/** Forgets exports that were replaced long enough ago, and deletes files that no other one names. */
export async function cleanUp({ db, bucket, contract, now }: Exporting): Promise<void> {
  const at = now()
  const until = new Date(at - (durationMs(contract.exports?.keep ?? 'P7D') ?? 0)).toISOString()
  const ended = await statement(
    db,
    sql`DELETE FROM _exports WHERE ended_at < ${until} AND manifest IS NOT NULL RETURNING id`,
  ).all<{ id: string }>()
  const gone = ended.results.map(({ id }) => manifestKey(id))
  if (gone.length > 0) await bucket.delete(gone)
  const { named, open } = await namedFiles(db)
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
async function namedFiles(db: D1Database): Promise<{ named: ReadonlySet<string>; open: readonly string[] }> {
  const [exports, partitions] = await db.batch<{ id: string; manifest: string | null; files: string }>([
    statement(db, sql`SELECT id, manifest FROM _exports`),
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
