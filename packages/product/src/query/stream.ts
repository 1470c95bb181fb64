/** All records that match, in chunks: each is a page of its own, so that neither a long answer nor a slow reader holds memory or the database. */
import type { View } from '@meshloop/access/claims'
import { MAX_STREAM_QUERIES } from '../limits.ts'
import type { Position } from './cursor.ts'
import type { PageQuery, Reader } from './page-query.ts'
import { readPage, type Page } from './records.ts'

/** What is asked for; `limit` is of all chunks together. */
export interface StreamQuery extends Omit<PageQuery, 'limit' | 'count'> {
  /** Default: all. */
  readonly limit?: number | undefined
}

/** The first chunk is small: it says how large records are. */
const FIRST_RECORDS = 200
const MAX_RECORDS = 5_000
/** Characters of a chunk, about. */
const CHUNK_CHARS = 1_000_000

/**
 * The chunks, one after the other as they are asked for. Records that are written meanwhile may be in or not; those that stand
 * still are in exactly once, as with pages. What a chunk may read is judged by the first: a stream that has begun is not refused.
 *
 * @throws {ProductError} `query_too_costly`, of the first chunk
 * @throws {RangeError} when D1 would be asked more often than one invocation may: what was given so far is not all.
 */
export async function* readStream(
  reader: Reader,
  view: View,
  query: StreamQuery,
): AsyncGenerator<Page, void> {
  let left = query.limit ?? Infinity
  let after: Position | undefined = query.after
  let size = FIRST_RECORDS
  for (let queries = 0; queries < MAX_STREAM_QUERIES; queries++) {
    const chunk = { ...query, after, limit: Math.min(size, left), count: false, isLetIn: queries > 0 }
    const page = await readPage(reader, view, chunk)
    yield page
    left -= page.records.length
    if (page.next === undefined || left === 0) return
    after = page.next
    size = sizeAfter(page)
  }
  throw new RangeError(`more than ${MAX_STREAM_QUERIES} chunks`)
}

function sizeAfter({ records }: Page): number {
  const chars = records.reduce((sum, record) => sum + record.length, 0) / records.length
  return Math.max(1, Math.min(MAX_RECORDS, Math.floor(CHUNK_CHARS / chars)))
}
