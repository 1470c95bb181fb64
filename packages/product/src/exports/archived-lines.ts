/**
 * Reads what a month's files hold of records that live there alone, page by page, so that the month can be written anew. A line
 * counts if its record still is in `_archived`, under this month and in this version: all others are in the table, or gone.
 */
import { versionField, type Contract } from '@meshloop/contract'
import * as z from 'zod'
import { and, commas, item, name, sql, statement } from '../store/sql.ts'
import type { Json } from '../store/stored-row.ts'
import type { Fill } from '../table/fill.ts'
import type { Stored } from './columns.ts'
import { confirmStored, FILES, type ExportFile } from './files.ts'
import type { Exporting } from './exporting.ts'
import { rowOf, type Rows } from './part.ts'
import { bytesOf } from '../store/json-chunks.ts'

/** Where reading goes on: the file, by its number, the byte in it, and how many lines counted so far. */
export const linesSchema = z.object({ file: z.int(), offset: z.int(), kept: z.int() })

/** A place of {@link linesSchema}. */
export type LinesAt = z.output<typeof linesSchema>

/** A month whose files are read: those that hold it now. */
export interface ArchivedMonth {
  readonly month: string
  readonly files: readonly ExportFile[]
}

/**
 * The next page of at most so many lines and, about, so many bytes. `at` is undefined behind the last line.
 *
 * @throws {Error} when a file is not in the bucket as it was written, or a record that lives in files alone is in none of them
 */
export async function readArchived(
  { db, bucket, contract, fills = [] }: Exporting,
  { month, files }: ArchivedMonth,
  at: LinesAt,
  most: { readonly rows: number; readonly bytes: number },
): Promise<{ readonly rows: Rows; readonly at: LinesAt | undefined }> {
  const file = files.filter(({ format }) => format === 'ndjson')[at.file]
  if (!file) {
    await confirmKept(db, month, at.kept)
    return { rows: [], at: undefined }
  }
  const { lines, next } = await readLines(bucket, file, at.offset, most)
  const records = lines.map((line) => filled(JSON.parse(line) as Json, fills)) // written by `openPart`
  const kept = await archivedOf(db, contract, month, records)
  return {
    rows: kept.map((record) => rowOf(contract, record)),
    at: {
      ...(next === undefined ? { file: at.file + 1, offset: 0 } : { file: at.file, offset: next }),
      kept: at.kept + kept.length,
    },
  }
}

/** Whole lines from a byte on; `next` is undefined at the end of the file. */
async function readLines(
  bucket: R2Bucket,
  file: ExportFile,
  offset: number,
  { rows, bytes }: { readonly rows: number; readonly bytes: number },
): Promise<{ lines: string[]; next: number | undefined }> {
  const length = Math.min(bytes, file.bytes - offset)
  const object = confirmStored(await bucket.get(`${FILES}${file.name}`, { range: { offset, length } }), file)
  const read = new Uint8Array(await object.arrayBuffer())
  const end = read.lastIndexOf(NEWLINE) + 1
  // A line longer than a page: there is one at least, each file ends with a newline.
  if (end === 0) return readLines(bucket, file, offset, { rows, bytes: bytes * 2 })
  const all = new TextDecoder().decode(read.subarray(0, end)).split('\n').slice(0, -1)
  const lines = all.slice(0, rows)
  const taken = lines.length === all.length ? end : bytesOf(`${lines.join('\n')}\n`)
  return { lines, next: offset + taken < file.bytes ? offset + taken : undefined }
}

const NEWLINE = 0x0a

/** A line that was written by an older major, under the names of the contract; what cannot be told stays empty, as in the table. */
const filled = (record: Json, fills: readonly Fill[]): Json =>
  fills.reduce<Json>((line, { column, from, values, unclear }) => {
    if (Object.hasOwn(line, column) || !Object.hasOwn(line, from) || unclear.length > 0) return line
    const value = line[from]
    const known = typeof value === 'string' && Object.hasOwn(values, value) ? values[value] : value
    return { ...line, [column]: known }
  }, record)

async function archivedOf(
  db: D1Database,
  contract: Contract,
  month: string,
  records: readonly Json[],
): Promise<Json[]> {
  const version = versionField(contract)
  const nameOf = (record: Json): string =>
    JSON.stringify([...contract.key.map((key) => record[key]), record[version]])
  const keys = commas(contract.key.map(name))
  const names = `[${records.map(nameOf).join(',')}]`
  const conditions = [
    sql`_month = ${month}`,
    sql`(${keys}) IN (SELECT ${commas(contract.key.map((_, i) => item(i)))} FROM json_each(${names}))`,
  ]
  const found = await statement(
    db,
    sql`SELECT ${keys}, _version FROM _archived WHERE ${and(conditions)}`,
  ).raw<Stored[]>()
  const archived = new Set(found.map((row) => JSON.stringify(row)))
  return records.filter((record) => archived.has(nameOf(record)))
}

/** Nothing that lives in files alone may be left out of them, whatever has gone wrong. */
async function confirmKept(db: D1Database, month: string, kept: number): Promise<void> {
  const row = await statement(db, sql`SELECT records FROM _archived_months WHERE month = ${month}`).first<{ records: number }>() // prettier-ignore
  if ((row?.records ?? 0) > kept)
    throw new Error(
      `${row?.records} records of ${month} live in its files alone, and only ${kept} of them are there`,
    )
}
