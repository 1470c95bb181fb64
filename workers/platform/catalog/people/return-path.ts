/** Where somebody goes on after signing in: a page of this site, whatever an address asked for. */

/** Where those go who came from no page. */
const start = '/'

const maxLength = 800

/**
 * The path and query of a page here, such as `/access?product=purchase.orders`; `/` for everything that leads elsewhere, or
 * back into signing in. What is checked is what a browser makes of the text, not the text.
 */
export function returnPath(text: string | null | undefined, issuer: string): string {
  if (!text?.startsWith('/') || text.length > maxLength || !URL.canParse(text, issuer)) return start
  const { origin, pathname, search } = new URL(text, issuer)
  // "/.//evil.example" is of this origin, and its path alone is not.
  if (origin !== new URL(issuer).origin || pathname.startsWith('//')) return start
  return /^\/sign-(in|out)(\/|$)/.test(pathname) ? start : pathname + search
}
