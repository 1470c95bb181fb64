/** Writes the next part of a month: reads its records in pages, and notes the files and where to go on. */
import * as z from 'zod'
import { sql, statement } from '../store/sql.ts'
import { linesSchema, readArchived, type ArchivedMonth } from './archived-lines.ts'
import { filesSchema, putFile, type ExportFile } from './files.ts'
import { openPart } from './part.ts'
import { readRecords } from './read-records.ts'
import type { Exporting, PartBounds } from './exporting.ts'

/** A month that is being written. */
export interface OpenMonth {
  /** Id of the export. */
  readonly run: string
  readonly month: string
  /** JSON of {@link progressSchema}; null at its beginning. */
  readonly progress: string | null
  /** JSON of the files that hold it now, if records live in them alone; else null. */
  readonly archive: string | null
}

/** Files that are written of a month, where its older files are read on, and the order values of the last record of the table. */
const progressSchema = z.object({
  files: filesSchema,
  after: z.array(z.union([z.string(), z.number()])),
  lines: linesSchema.optional(),
})

type Place = Omit<z.output<typeof progressSchema>, 'files'>

/** Nobody knows yet how large the records are. */
const FIRST_PAGE_ROWS = 500
/** Of small records too a query returns no more: its answer is in memory several times. */
const MOST_PAGE_ROWS = 10_000
/** Of lines that count no more a part may read many, and come to hold little. */
const MOST_PAGES = 50

/** Writes one part. False when another step did in between: then nothing is noted. */
export async function writePart(
  exporting: Exporting,
  { run, month, progress, archive }: OpenMonth,
  bounds: PartBounds,
): Promise<boolean> {
  const { db, bucket } = exporting
  const { files, ...place } =
    progress !== null ? progressSchema.parse(JSON.parse(progress)) : archive === null ? nothing : fromFiles
  const held = archive === null ? [] : filesSchema.parse(JSON.parse(archive))
  const read = await readPart(exporting, { month, files: held }, place, bounds)
  const part = files.length / 2 + 1
  const { rows } = read
  const written = await Promise.all(
    rows === 0
      ? []
      : [
          putFile(bucket, { run, month, part, format: 'parquet', rows, content: read.parquet }),
          putFile(bucket, { run, month, part, format: 'ndjson', rows, content: read.ndjson }),
        ],
  )
  const all = [...files, ...written]
  return note(db, { run, month, progress }, all, read.next)
}

const nothing: z.output<typeof progressSchema> = { files: [], after: [] }
const fromFiles: z.output<typeof progressSchema> = { ...nothing, lines: { file: 0, offset: 0, kept: 0 } }

/** Notes what was written, if the month still stands as it was read. `next`: where the next part begins, if there is one. */
async function note(
  db: D1Database,
  { run, month, progress }: Omit<OpenMonth, 'archive'>,
  files: readonly ExportFile[],
  next: Place | undefined,
): Promise<boolean> {
  const change = next
    ? sql`progress = ${JSON.stringify({ files, ...next })}`
    : sql`progress = NULL, exported = taken, files = ${JSON.stringify(files)}`
  const { meta } = await statement(
    db,
    sql`UPDATE _partitions SET ${change} WHERE month = ${month} AND progress IS ${progress} AND taken > exported
      AND EXISTS (SELECT 1 FROM _exports WHERE id = ${run} AND manifest IS NULL)`,
  ).run()
  return meta.changes === 1
}

interface ReadPart {
  readonly rows: number
  readonly parquet: Uint8Array<ArrayBuffer>
  readonly ndjson: Uint8Array<ArrayBuffer>
  /** Undefined at the end of the month. */
  readonly next: Place | undefined
}

/** Reads until the part is full: first what lives in files alone, then the table. */
async function readPart(
  exporting: Exporting,
  month: ArchivedMonth,
  place: Place,
  { rows: mostRows, bytes: mostBytes, pageBytes }: PartBounds,
): Promise<ReadPart> {
  const { db, contract } = exporting
  const part = openPart(contract)
  let { after, lines } = place
  let limit = Math.min(FIRST_PAGE_ROWS, mostRows)
  for (let pages = 1; ; pages++) {
    let isEnd = false
    if (lines) {
      // Bytes of lines are bounded as they are read: of those that count no more a page may hold many.
      const most = { rows: Math.min(MOST_PAGE_ROWS, mostRows - part.size().rows), bytes: pageBytes }
      const page = await readArchived(exporting, month, lines, most)
      part.add(page.rows)
      lines = page.at
    } else {
      const page = await readRecords(
        db,
        contract,
        { month: month.month, after },
        { rows: limit, bytes: pageBytes },
      )
      part.add(page.rows)
      // A page may be short because its records are long.
      isEnd = page.rows.length === 0
      after = page.after
    }
    const { rows, bytes } = part.size()
    if (isEnd) return { rows, ...part.close(), next: undefined }
    if (rows >= mostRows || bytes >= mostBytes || pages >= MOST_PAGES)
      return { rows, ...part.close(), next: { after, lines } }
    limit = Math.min(
      rows === 0 ? FIRST_PAGE_ROWS : Math.ceil((pageBytes / bytes) * rows),
      MOST_PAGE_ROWS,
      mostRows - rows,
    )
  }
}
