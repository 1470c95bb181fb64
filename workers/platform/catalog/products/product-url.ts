/**
 * Where a product may be registered: the catalog fetches that address, and tokens are made for it.
 *
 * Only the canonical spelling is taken. Decimal and hexadecimal IP addresses, upper case, default ports,
 * credentials, dots in the path and the like all change when parsed, so they differ from what was sent.
 */
import { CatalogError } from '../problems.ts'

/** What the guard compares with. */
export interface UrlGuard {
  /** Base URL of the catalog. If it is a loopback address, exactly its origin is allowed, and nothing else. */
  readonly issuer: string
  /** See `ALLOWED_HOSTS` in the environment. */
  readonly allowedHosts: string
}

/** Throws CatalogError `url_refused` unless a product `id` with `major` may be registered at `url`. */
export function checkProductUrl(
  url: string,
  { id, major }: { id: string; major: number },
  guard: UrlGuard,
): void {
  const parsed = URL.canParse(url) && url.length <= 500 ? new URL(url) : undefined
  if (!parsed || `${parsed.origin}${parsed.pathname}` !== url) {
    throw refused(
      'Write the address in full and plainly, without credentials, query, fragment, or a slash at its end',
    )
  }
  if (!originAllowed(parsed, guard))
    throw refused(`${parsed.origin} is not one of the hosts that are allowed`)
  const path = `/${id.replace('.', '/')}/v${major}`
  if (parsed.pathname !== path) throw refused(`The path of ${id} ${major} is ${path}`)
}

function originAllowed(url: URL, { issuer, allowedHosts }: UrlGuard): boolean {
  const catalog = new URL(issuer)
  if (isLoopback(catalog.hostname)) return url.origin === catalog.origin
  if (url.protocol !== 'https:' || url.port !== '') return false
  return allowedHosts
    .split(',')
    .map((entry) => entry.trim())
    .some((entry) => hostMatches(url.hostname, entry))
}

function hostMatches(hostname: string, entry: string): boolean {
  if (entry.startsWith('*.')) return hostname.endsWith(entry.slice(1)) && hostname.length > entry.length - 1
  return entry !== '' && hostname === entry
}

const isLoopback = (hostname: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(hostname)

const refused = (why: string): CatalogError => new CatalogError('url_refused', `${why}.`)
