/** The catalog: what products there are, whether they keep their promises, who may read them, and tokens to do it. */
import { Hono } from 'hono'
import { clientRoutes } from './clients/client-routes.ts'
import { auditRoutes } from './audit/audit-routes.ts'
import { denialsRoute } from './tokens/denials-route.ts'
import { tokenRoute } from './tokens/token-route.ts'
import { wellKnownRoutes } from './tokens/well-known-routes.ts'
import type { CatalogApp, CatalogEnv, World } from './env.ts'
import { exceptionRoute } from './governance/exception-route.ts'
import { grantRoutes } from './grants/routes.ts'
import { refuseLocalKeys } from './local-keys.ts'
import { doChores } from './minute.ts'
import { sendSoon } from './notices/send-soon.ts'
import { webhookRoutes } from './notices/webhook-routes.ts'
import { pageRoutes } from './pages/routes.ts'
import { peopleRoutes } from './people/people-routes.ts'
import { answerError, answerProblem } from './problem-response.ts'
import { CatalogError } from './problems.ts'
import { apiCatalogRoute } from './products/api-catalog-route.ts'
import { registerRoute } from './products/register-route.ts'
import { securityHeaders } from './security-headers.ts'
import { assetRoutes } from './style/routes.ts'

const worldOutside: World = {
  fetch: (url, init) => fetch(url, init),
  now: Date.now,
  newId: () => crypto.randomUUID(),
  newSecret: () =>
    crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: 'base64url', omitPadding: true }),
}

/** What differs between a catalog that is deployed and one on a developer's machine: how people sign in. */
export interface CatalogParts {
  readonly signIn: (world: World) => Hono<CatalogApp>
  /** Default: the one outside. */
  readonly world?: World
}

/** All routes. A test compares them with the access matrix: none is without an expectation. */
export const catalogApp = ({ signIn, world = worldOutside }: CatalogParts) =>
  new Hono<CatalogApp>()
    .use(securityHeaders())
    .use(refuseLocalKeys())
    .use(sendSoon(world))
    .route('/', signIn(world))
    .route('/', peopleRoutes(world))
    .route('/', wellKnownRoutes())
    .route('/', apiCatalogRoute())
    .route('/', denialsRoute(world))
    .route('/', tokenRoute(world))
    .route('/', clientRoutes(world))
    .route('/', exceptionRoute(world))
    .route('/', grantRoutes(world))
    .route('/', registerRoute(world))
    .route('/', auditRoutes(world))
    .route('/', webhookRoutes(world))
    .route('/', assetRoutes())
    .route('/', pageRoutes(world))
    .notFound((c) =>
      answerProblem(new CatalogError('not_found', 'The catalog has nothing at this address.'), c),
    )
    .onError(answerError)

/** The Worker: requests, and once a minute what is due. */
export function createCatalog({ world = worldOutside, ...parts }: CatalogParts) {
  const app = catalogApp({ ...parts, world })
  return {
    fetch: (request: Request, env: CatalogEnv, context: ExecutionContext) => app.fetch(request, env, context),
    scheduled: (_event: ScheduledController, env: CatalogEnv) => doChores(env, world),
  }
}
