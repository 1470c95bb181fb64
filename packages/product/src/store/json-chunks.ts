/** Many rows as few bound values: JSON arrays that SQL takes apart with json_each. */
import { MAX_CHUNK_BYTES, MAX_CHUNK_ROWS } from '../limits.ts'
import { utf8 } from './bytes.ts'

/** Bytes of a text in UTF-8, as D1 counts them. */
export const bytesOf = (text: string): number => utf8(text).byteLength

/** JSON texts as the text of an array. */
export const jsonArray = (texts: readonly string[]): string => `[${texts.join(',')}]`

/**
 * Joins JSON texts, in order, to JSON arrays that D1 takes as one bound value each: see {@link chunksOf}. `rows`: texts of an array
 * at most.
 */
export const jsonChunks = (texts: readonly string[], rows: number = MAX_CHUNK_ROWS): string[] =>
  chunksOf(texts, (text) => text, rows).map(jsonArray)

/**
 * Parts what has JSON texts, in order, so that those of each part are an array of at most MAX_CHUNK_BYTES, brackets and commas
 * included, unless a single text is longer. Whoever makes texts of what others send bounds each.
 */
export function chunksOf<T>(
  items: readonly T[],
  textOf: (item: T) => string,
  rows: number = MAX_CHUNK_ROWS,
): T[][] {
  const done: T[][] = []
  let open: T[] = []
  let bytes = 1
  for (const item of items) {
    const size = bytesOf(textOf(item)) + 1
    if (open.length > 0 && (open.length === rows || bytes + size > MAX_CHUNK_BYTES)) {
      done.push(open)
      open = []
      bytes = 1
    }
    open.push(item)
    bytes += size
  }
  if (open.length > 0) done.push(open)
  return done
}
