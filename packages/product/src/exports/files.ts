/** Files of exports: what is said of one, how it is called, and how it comes into the bucket. */
import * as z from 'zod'
import { fileFormats, type FileFormat } from './file-formats.ts'

/** One file of an export. */
export interface ExportFile {
  readonly name: string
  /** `2026-11`: the event times of its records. */
  readonly month: string
  readonly format: FileFormat
  readonly bytes: number
  readonly rows: number
  /** Of its content, lower-case hexadecimal. */
  readonly sha256: string
}

/** Reads what the database holds of files. */
export const filesSchema: z.ZodType<readonly ExportFile[]> = z.array(
  z.object({
    name: z.string(),
    month: z.string(),
    format: z.enum(['parquet', 'ndjson']),
    bytes: z.number(),
    rows: z.number(),
    sha256: z.string(),
  }),
)

/** Where files are in the bucket. */
export const FILES = 'files/'

/** @throws {Error} when a file in the bucket is missing, or not what was put there: the bucket has compared hashes then. */
export function confirmStored<O extends R2Object>(object: O | null, { name, sha256, bytes }: ExportFile): O {
  const found = object?.checksums.sha256
  if (object && found && new Uint8Array(found).toHex() === sha256 && object.size === bytes) return object
  throw new Error(
    object ? `${name} in the bucket is not what the product put there` : `${name} is not in the bucket`,
  )
}

/** Whether an object was written by this export. */
export const isOfRun = (key: string, id: string): boolean => key.includes(`.${id}.`)

const HASH_CHARS = 16

/**
 * Puts a file. It has a name of its own, made of the export that writes it and its content, and is never written again: a
 * step that was broken off and writes the same once more finds it there.
 */
export async function putFile(
  bucket: R2Bucket,
  { run, month, part, format, rows, content }: NewFile,
): Promise<ExportFile> {
  const sha256 = new Uint8Array(await crypto.subtle.digest('SHA-256', content)).toHex()
  const name = `${month}.${part}.${run}.${sha256.slice(0, HASH_CHARS)}.${format}`
  await bucket.put(`${FILES}${name}`, content, {
    onlyIf: { etagDoesNotMatch: '*' },
    sha256,
    httpMetadata: { contentType: fileFormats[format] },
  })
  return { name, month, format, bytes: content.length, rows, sha256 }
}

/** A file before it has a name. */
export interface NewFile {
  readonly run: string
  readonly month: string
  /** Number of the part in its month, from 1. */
  readonly part: number
  readonly format: FileFormat
  readonly rows: number
  readonly content: Uint8Array<ArrayBuffer>
}
