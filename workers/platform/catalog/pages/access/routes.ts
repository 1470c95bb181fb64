/** The pages of access: who may see what, and who says so. */
import { Hono } from 'hono'
import type { CatalogApp, World } from '../../env.ts'
import { accessPageRoutes } from './access-routes.ts'
import { auditPageRoutes } from './audit-routes.ts'
import { clientPageRoutes } from './client-routes.ts'
import { grantPageRoutes } from './grant-routes.ts'
import { requestFormRoutes } from './request-form-routes.ts'
import { requestPageRoutes } from './request-routes.ts'
import { webhookPageRoutes } from './webhook-routes.ts'

/** All of them. */
export function accessPages(world: World) {
  return new Hono<CatalogApp>()
    .route('/', accessPageRoutes(world))
    .route('/', requestFormRoutes(world))
    .route('/', requestPageRoutes(world))
    .route('/', grantPageRoutes(world))
    .route('/', clientPageRoutes(world))
    .route('/', webhookPageRoutes(world))
    .route('/', auditPageRoutes(world))
}
