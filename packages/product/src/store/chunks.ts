/** Cuts rows into bound values: D1 takes 2,000,000 bytes each. */
import { MAX_CHUNK_BYTES, MAX_CHUNK_ROWS } from '../limits.ts'

/** JSON arrays of the items, in their order, each within the limits of a bound value and a statement. */
export function chunks(items: readonly unknown[]): string[] {
  const done: string[] = []
  let open: string[] = []
  let bytes = 0
  for (const item of items) {
    const text = JSON.stringify(item)
    const size = text.length * 3 // a character is at most three bytes in UTF-8
    if (open.length > 0 && (open.length === MAX_CHUNK_ROWS || bytes + size > MAX_CHUNK_BYTES)) {
      done.push(`[${open.join(',')}]`)
      open = []
      bytes = 0
    }
    open.push(text)
    bytes += size
  }
  return open.length === 0 ? done : [...done, `[${open.join(',')}]`]
}
