/** What a product's headers say of the end of a major: RFC 9745 (Deprecation), RFC 8594 (Sunset), RFC 8288 (Link). */

/** The end of a major that is being read. Times are RFC 3339. */
export interface Deprecation {
  /** Since when new consumers should take the newer major. It may lie ahead. */
  readonly since: string
  /** Until when it answers at least; null when nobody has said so. */
  readonly until: string | null
  /** Base URL of the major that takes its place; null when there is none. */
  readonly successor: string | null
}

/** The deprecation in an answer's headers; undefined for a major that is not deprecated. */
export function readDeprecation(headers: Headers): Deprecation | undefined {
  const [, seconds] = /^@(\d{1,11})$/.exec(headers.get('deprecation') ?? '') ?? []
  const since = instant(seconds === undefined ? undefined : Number(seconds) * 1000)
  if (since === null) return undefined
  const until = instant(Date.parse(headers.get('sunset') ?? ''))
  return { since, until, successor: successorOf(headers.get('link') ?? '') }
}

/** A link: its target and its parameters; a comma may be a part of both. */
const LINK = /<([^>]{0,500})>((?:\s*;\s*[\w*-]+=(?:"[^"]*"|[^",;\s]+))*)/g

const PARAMETER = /;\s*([\w*-]+)=(?:"([^"]*)"|([^",;\s]+))/g

function successorOf(links: string): string | null {
  for (const [, target, parameters = ''] of links.matchAll(LINK))
    for (const [, name, quoted, plain = ''] of parameters.matchAll(PARAMETER))
      if (name === 'rel' && (quoted ?? plain).split(' ').includes('successor-version')) return target ?? null
  return null
}

function instant(ms = Number.NaN): string | null {
  const at = new Date(ms)
  return Number.isNaN(at.getTime()) ? null : at.toISOString()
}
