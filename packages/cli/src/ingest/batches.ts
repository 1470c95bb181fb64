/** Puts rows together into batches of bounded size. */
import type { FileRow } from './file-row.ts'

/** Rows that are sent together. */
export interface RowBatch {
  /** NDJSON. */
  readonly body: string
  /** The file's line of each row. */
  readonly lines: readonly number[]
}

/** Bounds of a batch, both included; a single row may be greater. */
export interface BatchBounds {
  readonly rows: number
  readonly bytes: number
}

/** Well below the 4 MB that a product takes, and quick enough to show progress. */
const defaultBounds: BatchBounds = { rows: 5_000, bytes: 1_000_000 }

/** Batches in the order of the rows. */
export async function* inBatches(
  rows: AsyncIterable<FileRow>,
  bounds: BatchBounds = defaultBounds,
): AsyncGenerator<RowBatch> {
  let json: string[] = []
  let lines: number[] = []
  let bytes = 0
  for await (const row of rows) {
    const size = Buffer.byteLength(row.json) + 1
    if (json.length > 0 && (json.length >= bounds.rows || bytes + size > bounds.bytes)) {
      yield { body: json.join('\n'), lines }
      json = []
      lines = []
      bytes = 0
    }
    json.push(row.json)
    lines.push(row.line)
    bytes += size
  }
  if (json.length > 0) yield { body: json.join('\n'), lines }
}
