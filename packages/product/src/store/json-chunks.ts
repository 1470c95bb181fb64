/** Many rows as few bound values: JSON arrays that SQL takes apart with json_each. */
import { MAX_CHUNK_BYTES, MAX_CHUNK_ROWS } from '../limits.ts'
import { utf8 } from './bytes.ts'

/** Bytes of a text in UTF-8, as D1 counts them. */
export const bytesOf = (text: string): number => utf8(text).byteLength

/**
 * Joins JSON texts, in order, to JSON arrays that D1 takes as one bound value each: of at most MAX_CHUNK_BYTES, brackets and
 * commas included, unless a single text is longer. Whoever makes texts of what others send bounds each. `rows`: texts of an
 * array at most.
 */
export function jsonChunks(texts: readonly string[], rows: number = MAX_CHUNK_ROWS): string[] {
  const done: string[] = []
  let open: string[] = []
  let bytes = 1
  for (const text of texts) {
    const size = bytesOf(text) + 1
    if (open.length > 0 && (open.length === rows || bytes + size > MAX_CHUNK_BYTES)) {
      done.push(`[${open.join(',')}]`)
      open = []
      bytes = 1
    }
    open.push(text)
    bytes += size
  }
  if (open.length > 0) done.push(`[${open.join(',')}]`)
  return done
}
