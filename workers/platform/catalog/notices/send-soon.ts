/** After a request that may have changed something, what it has to tell goes out at once. */
import type { Context, MiddlewareHandler } from 'hono'
import type { CatalogApp, World } from '../env.ts'
import { deliverDue } from './deliver.ts'

/** One round, while the answer is already on its way; what is left over is the cron's. */
const bounds = { rounds: 1, ms: 1_000 }

/** The middleware. */
export function sendSoon(world: World): MiddlewareHandler<CatalogApp> {
  return async function sendsSoon(c, next) {
    await next()
    // Tokens are sold often, and nobody is told.
    const mayTell = c.req.method === 'POST' && c.req.path !== '/oauth/token' && c.res.status < 400
    if (mayTell) contextOf(c)?.waitUntil(deliverDue(c.env, world, bounds))
  }
}

/** Hono has no way to ask whether there is one: without it, as where a test calls the app, only the cron sends. */
function contextOf(c: Context<CatalogApp>): Pick<ExecutionContext, 'waitUntil'> | undefined {
  try {
    return c.executionCtx
  } catch {
    return undefined
  }
}
