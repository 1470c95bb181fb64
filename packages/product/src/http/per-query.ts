/** What follows from a query string for one token, worked out once: applications ask the same again and again. */
import type { Shown } from './shown.ts'

/** Query strings of one token that are kept. */
const MAX_KEPT = 100
const LONGEST = 500
/** The next page is asked for once. */
const positions = /[?&](?:cursor|after)=/

/** Keeps what is made of a query string, or of an address with one, as long as the token is known: the same text always makes the same. */
export function perQuery<T>(): (shown: Shown, search: string, make: () => T) => T {
  const kept = new WeakMap<Shown, Map<string, T>>()
  return (shown, search, make) => {
    const own = kept.get(shown) ?? new Map<string, T>()
    kept.set(shown, own)
    const known = own.get(search)
    if (known !== undefined) return known
    const made = make()
    if (search.length > LONGEST || positions.test(search)) return made
    const [oldest] = own.size >= MAX_KEPT ? own.keys() : []
    if (oldest !== undefined) own.delete(oldest)
    own.set(search, made)
    return made
  }
}

/** The query string of a request, with its question mark; empty without. */
export function searchOf({ url }: Request): string {
  const at = url.indexOf('?')
  return at < 0 ? '' : url.slice(at)
}
