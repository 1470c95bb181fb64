/** What a product says where nothing answers: another method than the address has, an address with a slash too many, or none. */
import { problemResponse, type Addresses } from './problem.ts'
import { ProductError } from '../problems.ts'

/** A route as the app keeps it: `path` may have parts that begin with a colon. */
export interface Route {
  readonly method: string
  readonly path: string
}

/**
 * Answers a request that no route took: 204 with `Allow` to OPTIONS, 405 with `Allow` where the address has other methods,
 * else 404. There is no CORS: a product is called by servers, whose tokens have no business in a web page of another origin.
 * Nor is a slash too many redirected: each call would cost two, and nobody would notice.
 */
export function unanswered(
  { method, url }: Request,
  { routes, about, addresses }: { routes: readonly Route[]; about: string; addresses: Addresses },
): Response {
  const { pathname } = new URL(url)
  const allow = allowedAt(routes, pathname)
  if (allow.length === 0) {
    const right = pathname.replace(/\/+$/, '')
    const isNear = right !== pathname && allowedAt(routes, right).length > 0
    const hint = isNear ? `; its address ends without a slash: ${right}` : ''
    return problemResponse(
      new ProductError('not_found', `${method} ${pathname} is no address of ${about}${hint}.`),
      addresses,
    )
  }
  const headers = { allow: allow.join(', ') }
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers })
  const refused = problemResponse(
    new ProductError('method_not_allowed', `${pathname} answers ${allow.join(', ')}, not ${method}.`),
    addresses,
  )
  refused.headers.set('allow', headers.allow)
  return refused
}

/** HEAD is answered wherever GET is, OPTIONS everywhere (RFC 9110, section 9.3). */
function allowedAt(routes: readonly Route[], pathname: string): string[] {
  const methods = routes.flatMap(({ method, path }) => (matches(path, pathname) ? [method] : []))
  return [...new Set(methods.flatMap((each) => (each === 'GET' ? [each, 'HEAD'] : [each])))]
    .toSorted()
    .concat(methods.length > 0 ? ['OPTIONS'] : [])
}

/** What catches the rest is no address. */
function matches(path: string, pathname: string): boolean {
  if (path.endsWith('*')) return false
  const parts = path.split('/')
  const asked = pathname.split('/')
  return (
    parts.length === asked.length &&
    parts.every((part, index) => (part.startsWith(':') ? asked[index] !== '' : part === asked[index]))
  )
}
