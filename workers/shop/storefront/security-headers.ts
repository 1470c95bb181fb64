/** Headers of every answer: nothing runs on the shop's pages, nobody frames them, nobody keeps them. */
import type { MiddlewareHandler } from 'hono'
import type { StorefrontApp } from './env.ts'

/** No scripts at all; styles from here only. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Sets them. Links from the inbox hold a token: no other site learns it as a referrer. */
export function securityHeaders(): MiddlewareHandler<StorefrontApp> {
  return async function setSecurityHeaders(c, next) {
    await next()
    c.header('content-security-policy', contentSecurityPolicy)
    c.header('x-content-type-options', 'nosniff')
    c.header('referrer-policy', 'no-referrer')
    c.header('cache-control', 'no-store')
    c.header('cross-origin-opener-policy', 'same-origin')
    c.header('permissions-policy', 'camera=(), geolocation=(), microphone=()')
  }
}
