/**
 * Where the catalog may send a request that somebody else names: hosts that the operator allows, and no others.
 *
 * Only the canonical spelling of an address is taken. Decimal and hexadecimal IP addresses, upper case, default ports,
 * credentials, dots in the path and the like all change when parsed, so they differ from what was sent. A Worker cannot see
 * which IP address a name resolves to: against names that point inside, now or later, the list of hosts is what helps.
 */

/** What addresses are compared with. */
export interface OutboundGuard {
  /** Base URL of the catalog. If it is a loopback address, exactly its origin is allowed, and nothing else. */
  readonly issuer: string
  /** Comma-separated; `*.` in front allows every host below. See ALLOWED_HOSTS and WEBHOOK_HOSTS in the environment. */
  readonly allowedHosts: string
}

const maxChars = 500

/** The address, if it is written in full and plainly: no credentials, no fragment, nothing that changes when parsed. */
export function plainAddress(text: string): URL | undefined {
  if (text.length > maxChars || !URL.canParse(text)) return undefined
  const url = new URL(text)
  return `${url.origin}${url.pathname}${url.search}` === text ? url : undefined
}

/** Whether the catalog may ask that host. */
export function isAllowedHost(url: URL, { issuer, allowedHosts }: OutboundGuard): boolean {
  const catalog = new URL(issuer)
  if (isLoopback(catalog.hostname)) return url.origin === catalog.origin
  if (url.protocol !== 'https:' || url.port !== '' || !isName(url.hostname)) return false
  return allowedHosts
    .split(',')
    .map((entry) => entry.trim())
    .some((entry) => hostMatches(url.hostname, entry))
}

function hostMatches(hostname: string, entry: string): boolean {
  if (entry.startsWith('*.')) return hostname.endsWith(entry.slice(1)) && hostname.length > entry.length - 1
  return entry !== '' && hostname === entry
}

/** A name of letters, digits and hyphens, without a dot at its end. A URL's parser writes every form of an IP address in digits or brackets. */
const isName = (hostname: string): boolean =>
  /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(hostname) && !/^[\d.]+$/.test(hostname)

const isLoopback = (hostname: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
