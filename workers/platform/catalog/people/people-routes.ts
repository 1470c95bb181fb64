/** What people do once they are signed in, in whichever way. */
import { Hono } from 'hono'
import type { CatalogApp, World } from '../env.ts'
import { accountRoutes } from './account-routes.ts'
import { roleRoutes } from './role-routes.ts'
import { signOutRoute } from './sign-out-route.ts'

/** `/account`, `/roles` and `/sign-out`. */
export const peopleRoutes = (world: World) =>
  new Hono<CatalogApp>()
    .route('/', accountRoutes(world))
    .route('/', roleRoutes(world))
    .route('/', signOutRoute(world))
