/** Headers of every answer: nothing runs on the catalog's pages, and nobody frames them. */
import type { MiddlewareHandler } from 'hono'
import type { CatalogApp } from './env.ts'

/** No scripts at all; styles and pictures from here only. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Sets them. */
export function securityHeaders(): MiddlewareHandler<{ Bindings: CatalogApp['Bindings'] }> {
  return async function setSecurityHeaders(c, next) {
    await next()
    c.header('content-security-policy', contentSecurityPolicy)
    c.header('x-content-type-options', 'nosniff')
    // Not no-referrer: under it browsers send "Origin: null" with the forms of our own pages.
    c.header('referrer-policy', 'same-origin')
    c.header('cross-origin-opener-policy', 'same-origin')
    c.header('permissions-policy', 'camera=(), geolocation=(), microphone=()')
  }
}
