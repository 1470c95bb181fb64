/** Completes an export: its manifest is signed and stands in the database, and beside the files. */
import { sql, statement } from '../store/sql.ts'
import { filesSchema, type ExportFile } from './files.ts'
import { signManifest, type Manifest } from './manifest.ts'
import type { Exporting } from './exporting.ts'

/** Where manifests are in the bucket: with them the files can be read without the product. */
export const manifestKey = (id: string): string => `manifests/${id}.jws`

interface Open {
  readonly id: string
  readonly incarnation: string
  readonly seq: number
  readonly as_of: string | null
  readonly files: string | null
}

/** Completes the export that is being written; false when there is none, or a month of it is not written yet. */
export async function completeExport({
  db,
  bucket,
  contract,
  contractHash,
  key,
  now,
}: Exporting): Promise<boolean> {
  // One statement: the files are those that the export ended with, even if another step completes it meanwhile.
  const { results } = await statement(
    db,
    sql`SELECT e.id, e.incarnation, e.seq, e.as_of, p.files FROM _exports AS e LEFT JOIN _partitions AS p ON p.files IS NOT NULL
      WHERE e.manifest IS NULL AND NOT EXISTS (SELECT 1 FROM _partitions WHERE taken > exported) ORDER BY p.month`,
  ).all<Open>()
  const open = results[0]
  if (!open) return false
  const files = results.flatMap((row) => (row.files === null ? [] : filesSchema.parse(JSON.parse(row.files))))
  const { id, incarnation, seq, as_of } = open
  const bytesOf = (format: ExportFile['format']): number => sum(files, format, ({ bytes }) => bytes)
  const manifest: Manifest = {
    id,
    product: contract.id,
    version: contract.version,
    contract: contractHash,
    made_at: new Date(now()).toISOString(),
    as_of,
    incarnation,
    seq,
    rows: sum(files, 'parquet', ({ rows }) => rows),
    bytes: { parquet: bytesOf('parquet'), ndjson: bytesOf('ndjson') },
    files,
  }
  const signed = await signManifest(await key(), manifest)
  // First, so that none is missing there whatever comes between; until the database says so, the export is not complete.
  await bucket.put(manifestKey(id), signed, { httpMetadata: { contentType: 'application/jose' } })
  const [made] = await db.batch(
    [
      sql`UPDATE _exports SET manifest = ${signed}, made_at = ${manifest.made_at} WHERE id = ${id} AND manifest IS NULL`,
      sql`UPDATE _exports SET ended_at = ${manifest.made_at}
        WHERE id <> ${id} AND ended_at IS NULL AND (SELECT made_at FROM _exports WHERE id = ${id}) = ${manifest.made_at}`,
      // Months without records are forgotten with their last file.
      sql`DELETE FROM _partitions WHERE changed = exported AND files = '[]'`,
    ].map((each) => statement(db, each)),
  )
  return made?.meta.changes === 1 // else another step completed it: with the same files
}

const sum = (
  files: readonly ExportFile[],
  format: ExportFile['format'],
  of: (file: ExportFile) => number,
): number => files.reduce((total, file) => (file.format === format ? total + of(file) : total), 0)
