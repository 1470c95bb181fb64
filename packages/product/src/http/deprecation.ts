/** What a major says that is on its way out, in every answer and in its documents: since when, until when, and where to go on. */
import type { Contract } from '@meshloop/contract'

/** Some of them, or none. */
export type LifecycleHeaders = Readonly<Partial<Record<'deprecation' | 'sunset' | 'link', string>>>

/**
 * The headers of a contract's life: `Deprecation` (RFC 9745), `Sunset` (RFC 8594), and links to the documentation and,
 * from an older major, to the newest (RFC 8288). Days are in UTC; the last one counts to its end.
 *
 * `base` is the address of this major, `newest` that of the newest.
 */
export function lifecycleHeaders(
  { lifecycle = {}, projects }: Contract,
  base: string,
  newest: string,
): LifecycleHeaders {
  const { deprecated, endOfLife } = lifecycle
  const links = [
    ...(deprecated === undefined ? [] : [`<${base}/docs>; rel="deprecation"; type="text/html"`]),
    ...(projects ? [`<${newest}>; rel="successor-version"`] : []),
  ]
  return {
    ...(deprecated === undefined ? {} : { deprecation: `@${Date.parse(`${deprecated}T00:00:00Z`) / 1000}` }),
    ...(endOfLife === undefined ? {} : { sunset: new Date(`${endOfLife}T23:59:59Z`).toUTCString() }),
    ...(links.length === 0 ? {} : { link: links.join(', ') }),
  }
}

/** The life of a major in a sentence; none for one whose end is not announced. */
export function lifeSentence({ lifecycle = {} }: Contract): string | undefined {
  const { deprecated, endOfSupport, endOfLife } = lifecycle
  const parts = [
    deprecated === undefined ? [] : `deprecated since ${deprecated}`,
    endOfSupport === undefined ? [] : `supported until ${endOfSupport}`,
    endOfLife === undefined ? [] : `answered until ${endOfLife} at least`,
  ].flat()
  return parts.length === 0 ? undefined : `This major is ${parts.join(', ')}.`
}

type Json = Readonly<Record<string, unknown>>

/** Paths of an OpenAPI document, their operations marked where the major is deprecated. */
export function withLife({ lifecycle }: Contract, paths: Readonly<Record<string, unknown>>): Json {
  if (lifecycle?.deprecated === undefined) return paths
  return mapValues(paths, (path) =>
    mapValues(path as Json, (operation) => ({ ...(operation as Json), deprecated: true })),
  ) // each path is an object of operations: openapi/operation.ts makes them
}

const mapValues = (from: Json, map: (value: unknown) => unknown): Json =>
  Object.fromEntries(Object.entries(from).map(([key, value]) => [key, map(value)]))
