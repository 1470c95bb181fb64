/** Whether an answer may have the media type that it has (RFC 9110, section 12.5.1). */
import { ProductError } from '../problems.ts'

/**
 * Lets a request go on that takes one of these media types. What has no `Accept` takes all.
 *
 * @throws {ProductError} `not_acceptable`
 */
export function refuseUnacceptable(request: Request, offered: readonly string[]): void {
  const accept = request.headers.get('accept')
  if (accept === null || accept.includes('*/*') || offered.some((type) => isTaken(accept, type))) return
  throw new ProductError(
    'not_acceptable',
    `This address answers ${offered.join(', ')}; Accept takes none of them.`,
  )
}

/** Of the ranges that a media type is in, the closest decides; weight 0 refuses. */
function isTaken(accept: string, type: string): boolean {
  const [bare = ''] = type.split(';')
  const ranges = ['*/*', bare.replace(/\/.*/, '/*'), bare]
  const [closest] = accept
    .toLowerCase()
    .split(',')
    .map((part) => {
      const [range = '', ...parameters] = part.split(';').map((each) => each.trim())
      return { place: ranges.indexOf(range), isRefused: parameters.some((each) => /^q=0(\.0*)?$/.test(each)) }
    })
    .filter(({ place }) => place >= 0)
    .toSorted((a, b) => b.place - a.place)
  return closest !== undefined && !closest.isRefused
}
