/** Where a product may be registered: the catalog fetches that address, and tokens are made for it. */
import { isAllowedHost, plainAddress, type OutboundGuard } from '../outbound-address.ts'
import { CatalogError } from '../problems.ts'

/** Throws CatalogError `url_refused` unless a product `id` with `major` may be registered at `url`. */
export function checkProductUrl(
  url: string,
  { id, major }: { id: string; major: number },
  guard: OutboundGuard,
): void {
  const parsed = plainAddress(url)
  if (!parsed || parsed.search !== '') {
    throw refused(
      'Write the address in full and plainly, without credentials, query, fragment, or a slash at its end',
    )
  }
  if (!isAllowedHost(parsed, guard))
    throw refused(`${parsed.origin} is not one of the hosts that are allowed`)
  const path = `/${id.replace('.', '/')}/v${major}`
  if (parsed.pathname !== path) throw refused(`The path of ${id} ${major} is ${path}`)
}

const refused = (why: string): CatalogError => new CatalogError('url_refused', `${why}.`)
