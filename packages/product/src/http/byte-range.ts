/** The range of bytes that a request asks for (RFC 9110, section 14). */

/** A part of a file. */
export interface ByteRange {
  readonly offset: number
  readonly length: number
}

/**
 * The part of a file that is asked for; undefined when all of it is to be sent, because none is asked for, several are, or the
 * file is another than the one that `If-Range` names. `unsatisfiable` when the file has no such bytes.
 */
export function byteRange(
  headers: Headers,
  size: number,
  etag: string,
): ByteRange | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.get('range') ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  const condition = headers.get('if-range')
  if (condition !== null && condition !== etag) return undefined
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? 'unsatisfiable' : { offset: size - length, length }
  }
  const offset = Number(first)
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < offset) return undefined // no valid range: as if none was asked for
  return offset >= size ? 'unsatisfiable' : { offset, length: end - offset + 1 }
}
