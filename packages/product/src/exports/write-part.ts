/** Writes the next part of a month: reads its records in pages, and notes the files and where to go on. */
import { fieldOf, type Contract } from '@meshloop/contract'
import * as z from 'zod'
import { MAX_ARGUMENTS } from '../limits.ts'
import { and, commas, name, sql, statement, type SQL } from '../store/sql.ts'
import { inMonth } from './begin.ts'
import type { Stored } from './columns.ts'
import { filesSchema, putFile, type ExportFile } from './files.ts'
import { openPart, type Rows } from './part.ts'
import type { Exporting, PartBounds } from './exporting.ts'

/** A month that is being written. */
export interface OpenMonth {
  /** Id of the export. */
  readonly run: string
  readonly month: string
  /** JSON of {@link progressSchema}; null at its beginning. */
  readonly progress: string | null
}

/** Files that are written of a month, and the order values of the last record in them. */
const progressSchema = z.object({
  files: filesSchema,
  after: z.array(z.union([z.string(), z.number()])),
})

/** Nobody knows yet how large the records are. */
const FIRST_PAGE_ROWS = 500
/** Of small records too a query returns no more: its answer is in memory several times. */
const MOST_PAGE_ROWS = 10_000

/** Writes one part. False when another step did in between: then nothing is noted. */
export async function writePart(
  { db, bucket, contract }: Exporting,
  { run, month, progress }: OpenMonth,
  bounds: PartBounds,
): Promise<boolean> {
  const { files, after } = progress === null ? nothing : progressSchema.parse(JSON.parse(progress))
  const read = await readPart(db, contract, { month, after }, bounds)
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
  return note(db, { run, month, progress }, all, read.after)
}

const nothing: z.output<typeof progressSchema> = { files: [], after: [] }

/** Notes what was written, if the month still stands as it was read. `after`: where the next part begins, if there is one. */
async function note(
  db: D1Database,
  { run, month, progress }: OpenMonth,
  files: readonly ExportFile[],
  after: readonly Stored[] | undefined,
): Promise<boolean> {
  const change = after
    ? sql`progress = ${JSON.stringify({ files, after })}`
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
  readonly after: readonly Stored[] | undefined
}

async function readPart(
  db: D1Database,
  contract: Contract,
  { month, after }: { readonly month: string; readonly after: readonly Stored[] },
  { rows: mostRows, bytes: mostBytes, pageBytes }: PartBounds,
): Promise<ReadPart> {
  const part = openPart(contract)
  const names = Object.keys(contract.fields)
  const places = orderOf(contract).map((field) => names.indexOf(field))
  let position = after
  let limit = Math.min(FIRST_PAGE_ROWS, mostRows)
  for (;;) {
    const page: Rows = await statement(
      db,
      pageOf(contract, month, position, { rows: limit, bytes: pageBytes }),
    ).raw<Stored[]>()
    part.add(page)
    const last = page.at(-1)
    if (last) position = places.map((place) => last[place] ?? null)
    const { rows, bytes } = part.size()
    const isFull = rows >= mostRows || bytes >= mostBytes
    // A page may be short because its records are long.
    if (!last || isFull) return { rows, ...part.close(), after: last ? position : undefined }
    limit = Math.min(Math.ceil((pageBytes / bytes) * rows), MOST_PAGE_ROWS, mostRows - rows)
  }
}

/** Event time, and the rest of the key: the order of the index by which a month is found. */
const orderOf = ({ key, eventTime }: Contract): string[] => [
  eventTime,
  ...key.filter((field) => field !== eventTime),
]

function pageOf(
  contract: Contract,
  month: string,
  after: readonly Stored[],
  { rows, bytes }: { readonly rows: number; readonly bytes: number },
): SQL {
  const order = commas(orderOf(contract).map(name))
  const conditions = [
    inMonth(name(contract.eventTime), month),
    sql`_deleted = 0`,
    ...(after.length === 0 ? [] : [sql`(${order}) > (${commas(after.map((value) => sql`${value}`))})`]),
  ]
  const fields = commas(Object.keys(contract.fields).map(name))
  const length = lengthOf(contract)
  const page = (more: SQL): SQL =>
    sql`SELECT ${fields}${more} FROM records WHERE ${and(conditions)} ORDER BY ${order} LIMIT ${rows}`
  if (!length) return page(sql``)
  return sql`SELECT ${fields} FROM (
    SELECT *, sum(_length) OVER (ORDER BY ${order} ROWS UNBOUNDED PRECEDING) - _length AS _before
    FROM (${page(sql`, ${length} AS _length`)})) WHERE _before < ${bytes} ORDER BY ${order}`
}

/** How long a record is, about; undefined where no field of the contract is long. In lists, since a long sum is too deep for D1. */
function lengthOf(contract: Contract): SQL | undefined {
  const long = Object.keys(contract.fields).filter((field) =>
    ['text', 'list', 'struct'].includes(fieldOf(contract, field).kind),
  )
  const lists = Array.from({ length: Math.ceil(long.length / MAX_ARGUMENTS) }, (_, i) =>
    long.slice(i * MAX_ARGUMENTS, (i + 1) * MAX_ARGUMENTS),
  )
  if (lists.length === 0) return undefined
  return sql.join(
    lists.map((list) => sql`length(json_array(${commas(list.map(name))}))`),
    sql` + `,
  )
}
