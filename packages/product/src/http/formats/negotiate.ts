/** In which form records and groups are answered: what the consumer accepts decides (RFC 9110, section 12.5.1). */
import { parseAccept } from 'hono/utils/accept'
import { ProductError } from '../../problems.ts'

/** Media type of each form. */
export const mediaTypes = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
} as const

/** `Content-Type` of each form. */
export const contentTypes = {
  ...mediaTypes,
  csv: `${mediaTypes.csv}; charset=utf-8; header=present`,
} as const

/** A form of an answer. */
export type Format = keyof typeof mediaTypes

/** Of those that a consumer likes alike the first is taken. */
const formats = Object.keys(mediaTypes) as readonly Format[] // the keys of mediaTypes

/** The form to answer in: JSON unless another is liked better. @throws {ProductError} `not_acceptable` */
export function formatOf(request: Request): Format {
  const accept = request.headers.get('accept')
  if (accept === null || accept === '*/*' || accept === mediaTypes.json) return 'json'
  const ranges = parseAccept(accept)
  const rated = formats.map((format) => ({ format, quality: qualityOf(mediaTypes[format], ranges) }))
  const [best] = rated.toSorted((a, b) => b.quality - a.quality)
  if (best && best.quality > 0) return best.format
  throw new ProductError('not_acceptable', `This is answered as ${Object.values(mediaTypes).join(', ')}.`)
}

interface Range {
  readonly type: string
  readonly q: number
}

/** The most specific range that a type falls into says how well it is liked. */
function qualityOf(type: string, ranges: readonly Range[]): number {
  const [main] = type.split('/')
  for (const wanted of [type, `${main}/*`, '*/*']) {
    const range = ranges.find((each) => each.type.toLowerCase() === wanted)
    if (range) return range.q
  }
  return 0
}
