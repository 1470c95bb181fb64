/** Many rows as few bound values: JSON arrays that SQL takes apart with json_each. */
import { MAX_CHUNK_BYTES, MAX_CHUNK_ROWS } from '../limits.ts'

/** Joins JSON texts, in order, to JSON arrays that D1 takes as one bound value each. */
export function jsonChunks(texts: readonly string[]): string[] {
  const done: string[] = []
  let open: string[] = []
  let bytes = 0
  for (const text of texts) {
    const size = text.length * 3 // a character is at most three bytes in UTF-8
    if (open.length > 0 && (open.length === MAX_CHUNK_ROWS || bytes + size > MAX_CHUNK_BYTES)) {
      done.push(`[${open.join(',')}]`)
      open = []
      bytes = 0
    }
    open.push(text)
    bytes += size
  }
  if (open.length > 0) done.push(`[${open.join(',')}]`)
  return done
}
