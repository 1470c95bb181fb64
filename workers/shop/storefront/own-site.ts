/** Forms are taken from the shop's own pages only: another site could send one in the name of whoever visits it. */
import type { MiddlewareHandler } from 'hono'
import type { StorefrontApp } from './env.ts'
import { StorefrontError } from './problems.ts'

/**
 * Refuses what a browser says that another site sent (Fetch Metadata). `Origin` says nothing here: our own pages send
 * none, since their referrer policy hides where a form comes from. Programs say nothing of this, and need not.
 */
export function ownSiteOnly(): MiddlewareHandler<StorefrontApp> {
  return async function refuseForeignForms(c, next) {
    const site = c.req.header('sec-fetch-site')
    if (c.req.method === 'POST' && (site === 'cross-site' || site === 'same-site'))
      throw new StorefrontError('foreign_site', 'Another site sent this in your name; nothing was done.')
    await next()
  }
}
