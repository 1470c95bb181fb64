/** What a product says where nothing answers: another method than the address has, an address with a slash too many, or none. */
import { problemResponse, type Addresses } from './problem.ts'
import { ProductError } from '../problems.ts'
import { partsOf, type Route } from './router.ts'

type Address = Pick<Route, 'path'> & { readonly method: string }

/**
 * Answers a request that no route took: 204 with `Allow` to OPTIONS, 405 with `Allow` where the address has other methods,
 * else 404. There is no CORS: a product is called by servers, whose tokens have no business in a web page of another origin.
 * Nor is a slash too many redirected: each call would cost two, and nobody would notice.
 */
export function unanswered(
  { method, url }: Request,
  { routes, about, addresses }: { routes: readonly Address[]; about: string; addresses: Addresses },
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
function allowedAt(routes: readonly Address[], pathname: string): string[] {
  const asked = pathname.split('/')
  const methods = routes.flatMap(({ method, path }) => (partsOf(path.split('/'), asked) ? [method] : []))
  return [...new Set(methods.flatMap((each) => (each === 'GET' ? [each, 'HEAD'] : [each])))]
    .toSorted()
    .concat(methods.length > 0 ? ['OPTIONS'] : [])
}
