/** A file of rows, read as a stream: NDJSON as it is, CSV by the kinds of the contract's fields. */
import { createReadStream, statSync } from 'node:fs'
import { extname } from 'node:path'
import type { Contract } from '@meshloop/contract'
import { MeshError } from '../mesh-error.ts'
import { readCsv } from './csv.ts'
import type { FileRow } from './file-row.ts'
import { readNdjson } from './ndjson.ts'

/** A file that is being read. */
export interface SourceFile {
  readonly rows: AsyncIterable<FileRow>
  readonly totalBytes: number
  bytesRead(): number
}

/**
 * Opens `path`; its ending says what it is. Reading throws `file_unreadable`, naming the line.
 *
 * @throws {MeshError} `file_unreadable` when it is not there, `bad_argument` for another ending.
 */
export function openSourceFile(path: string, contract: Contract): SourceFile {
  const ending = extname(path).toLowerCase()
  if (ending !== '.ndjson' && ending !== '.csv')
    throw new MeshError(
      'bad_argument',
      `${path} ends neither in .ndjson nor in .csv.`,
      'NDJSON holds one JSON object a line, CSV a line of field names first.',
    )
  const totalBytes = sizeOf(path)
  const stream = createReadStream(path, { highWaterMark: 256 * 1024 })
  return {
    rows: ending === '.csv' ? readCsv(stream, path, contract) : readNdjson(stream, path),
    totalBytes,
    bytesRead: () => stream.bytesRead,
  }
}

function sizeOf(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isFile()) return found.size
  throw new MeshError('file_unreadable', `There is no file ${path}.`)
}
