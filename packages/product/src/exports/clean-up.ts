/** Deletes what no export that can still be read names. */
import { sql, statement, type SQL } from '../store/sql.ts'
import { letsLeave } from './archived.ts'
import { coldFiles, isForgotten } from './cold-files.ts'
import { manifestKey } from './complete.ts'
import { FILES, filesSchema, isOfRun, type ExportFile } from './files.ts'
import { readManifest } from './manifest.ts'
import type { Exporting } from './exporting.ts'
import { keptMs } from './stored-exports.ts'

/** An export that begins now may write files before they are listed here: what is younger is left alone. */
const YOUNG_MS = 3_600_000
/** Pages of a thousand objects that one clean-up lists at most. */
const MOST_PAGES = 100

/** Whether an export was replaced so long ago that it is kept no longer. */
const isOver = ({ contract, now }: Exporting): SQL =>
  sql`coalesce(ended_at < ${new Date(now() - keptMs(contract)).toISOString()}, 0)`

/** Whether there is something to delete, also where nothing is exported any more: what was erased leaves the bucket in time. */
export async function hasOver(exporting: Exporting): Promise<boolean> {
  const forgotten = letsLeave(exporting.contract)
    ? sql` UNION ALL SELECT 1 FROM _unnamed WHERE ${isForgotten(exporting)}`
    : sql``
  const over = sql`SELECT 1 FROM _exports WHERE ${isOver(exporting)}${forgotten} LIMIT 1`
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

async function deleteLost(exporting: Exporting, over: SQL): Promise<void> {
  const { db, bucket, now } = exporting
  const at = now()
  const { named, held, replaced, open } = await namedFiles(db, over)
  const cold = await coldFiles(exporting, held)
  const isLost = ({ key, uploaded }: R2Object): boolean =>
    !named.has(key.slice(FILES.length)) &&
    uploaded.getTime() < at - YOUNG_MS &&
    !open.some((id) => isOfRun(key, id))
  await cold.note(replaced)
  let cursor: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const listed = await bucket.list({ prefix: FILES, ...(cursor === undefined ? {} : { cursor }) })
    const lost = listed.objects.filter(isLost).map(({ key }) => key.slice(FILES.length))
    await cold.note(new Map(lost.map((file) => [file, new Date(at).toISOString()])))
    const gone = lost.filter((file) => !cold.includes(file))
    if (gone.length > 0) await bucket.delete(gone.map((file) => FILES + file))
    if (!listed.truncated) break
    cursor = listed.cursor
  }
  await cold.deleteForgotten(named)
}

/** What the database says of files, by their names. */
interface NamedFiles {
  /** Somebody may read them, or the next export is made of them. */
  readonly named: ReadonlySet<string>
  /** A month is made of them now. */
  readonly held: ReadonlySet<string>
  /** Since when the last export that names a file has another one in its place. */
  readonly replaced: ReadonlyMap<string, string>
  /** Exports that are being written. */
  readonly open: readonly string[]
}

async function namedFiles(db: D1Database, over: SQL): Promise<NamedFiles> {
  const [exports, partitions] = await db.batch<Named>([
    statement(db, sql`SELECT id, manifest, ended_at, ${over} AS isOver FROM _exports ORDER BY begun_at`),
    statement(db, sql`SELECT files FROM _partitions WHERE files IS NOT NULL`),
  ])
  const all = (exports?.results ?? []).map(({ manifest, ...each }) => ({
    ...each,
    isOpen: manifest === null,
    names: manifest === null ? [] : readManifest(manifest).files.map(nameOf),
  }))
  const held = (partitions?.results ?? []).flatMap(({ files }) =>
    filesSchema.parse(JSON.parse(files)).map(nameOf),
  )
  // The last export that names a file decides: of the newest one nothing has ended yet.
  const ended = new Map(all.flatMap(({ ended_at, names }) => names.map((each) => [each, ended_at] as const)))
  return {
    named: new Set([...all.flatMap(({ isOver, names }) => (isOver === 1 ? [] : names)), ...held]),
    held: new Set(held),
    replaced: new Map([...ended].flatMap(([file, at]) => (at === null ? [] : [[file, at] as const]))),
    open: all.flatMap(({ id, isOpen }) => (isOpen ? [id] : [])),
  }
}

interface Named {
  readonly id: string
  readonly manifest: string | null
  readonly ended_at: string | null
  readonly isOver: number
  readonly files: string
}

const nameOf = ({ name }: ExportFile): string => name
