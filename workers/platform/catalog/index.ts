/** The catalog: what products there are, whether they keep their promises, and tokens to read them. */
import { Hono } from 'hono'
import { operatorRoutes } from './access/operator-routes.ts'
import { tokenRoute } from './access/token-route.ts'
import { wellKnownRoutes } from './access/well-known-routes.ts'
import type { CatalogApp, World } from './env.ts'
import { pageRoutes } from './pages/routes.ts'
import { answerError, answerProblem } from './problem-response.ts'
import { CatalogError } from './problems.ts'
import { registerRoute } from './products/register-route.ts'
import { securityHeaders } from './security-headers.ts'
import { assetRoutes } from './style/routes.ts'

const world: World = {
  fetch: (url, init) => fetch(url, init),
  now: Date.now,
  newId: () => crypto.randomUUID(),
}

const catalog = new Hono<CatalogApp>()
  .use(securityHeaders())
  .route('/', wellKnownRoutes())
  .route('/', tokenRoute(world))
  .route('/', operatorRoutes(world))
  .route('/', registerRoute(world))
  .route('/', assetRoutes())
  .route('/', pageRoutes(world))
  .notFound((c) =>
    answerProblem(new CatalogError('not_found', 'The catalog has nothing at this address.'), c),
  )
  .onError(answerError)

export default catalog
