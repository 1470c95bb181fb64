/** What follows from a query string for one token, worked out once: applications ask the same again and again. */
import type { Shown } from './shown.ts'

/** Query strings of one token that are kept, and of all tokens: each may hold a statement of some kilobytes. */
const MAX_KEPT = 100
const MAX_KEPT_OF_ALL = 2_000
const LONGEST = 500
/** The next page is asked for once. */
const positions = /[?&](?:cursor|after)=/

/**
 * Keeps what is made of a query string, or of an address with one, as long as the token is known and others do not fill the memory:
 * the same text always makes the same.
 */
export function perQuery<T>(): (shown: Shown, search: string, make: () => T) => T {
  let kept = new WeakMap<Shown, Map<string, T>>()
  let put = 0
  return (shown, search, make) => {
    const known = kept.get(shown)?.get(search)
    if (known !== undefined) return known
    const made = make()
    if (search.length > LONGEST || positions.test(search)) return made
    // Whose token it is and which went away is not known here: all begin anew, and what is asked for is made once more.
    if (put >= MAX_KEPT_OF_ALL) [kept, put] = [new WeakMap(), 0]
    put += 1
    const own = kept.get(shown) ?? new Map<string, T>()
    kept.set(shown, own)
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
