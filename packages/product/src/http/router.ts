/** Which handler answers a path. */
import { tryDecode } from 'hono/utils/url'
import type { Admission } from '../quota/admission.ts'
import type { Runtime } from '../env.ts'
import type { Reply } from './reply.ts'

/** Lets work go on after the answer. */
export type WaitUntil = (work: Promise<unknown>) => void

/** A request at work. */
export interface Asked {
  readonly runtime: Runtime
  readonly request: Request
  /** The parts of the path that the route names, decoded. */
  readonly parts: Readonly<Record<string, string>>
  readonly waitUntil: WaitUntil
  /** Is told where a verified consumer stands, before anything is refused: every answer says it. */
  readonly admitted: (admission: Admission) => void
}

/** Answers a request, or throws what {@link problemResponse} knows. */
export type Handler = (asked: Asked) => Promise<Reply | Response> | Reply | Response

/** An address: `path` from the root, with parts such as `:id`. Of two routes for one address the first answers. */
export interface Route {
  /** ALL: whatever the method is. */
  readonly method: 'GET' | 'POST' | 'ALL'
  readonly path: string
  readonly handle: Handler
}

/** The route of a request, and the parts of its path. */
export interface Found {
  readonly handle: Handler
  readonly parts: Readonly<Record<string, string>>
}

/** Finds the route of a method and a path. HEAD is answered by what answers GET; only a path without open parts may take ALL. */
export function routerOf(routes: readonly Route[]): (method: string, path: string) => Found | undefined {
  const fixed = new Map<string, Found>()
  for (const { method, path, handle } of routes.toReversed())
    if (!path.includes('/:')) fixed.set(`${method} ${path}`, { handle, parts: {} })
  const open = routes
    .filter(({ path }) => path.includes('/:'))
    .map((route) => ({ ...route, segments: route.path.split('/') }))
  return (method, path) => {
    const asked = method === 'HEAD' ? 'GET' : method
    const known = fixed.get(`${asked} ${path}`) ?? fixed.get(`ALL ${path}`)
    if (known) return known
    const segments = path.split('/')
    for (const each of open) {
      const parts = each.method === asked ? partsOf(each.segments, segments) : undefined
      if (parts) return { handle: each.handle, parts }
    }
    return undefined
  }
}

/** The named parts of a path; undefined when it is another path. */
export function partsOf(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined
  const parts: Record<string, string> = {}
  let index = 0
  for (const part of pattern) {
    const segment = segments[index] ?? ''
    index += 1
    if (part === segment) continue
    if (!part.startsWith(':') || segment === '') return undefined
    parts[part.slice(1)] = segment.includes('%') ? tryDecode(segment, decodeURIComponent) : segment
  }
  return parts
}
