/** Development sign-in: whoever is at this machine says who they are. In no bundle that is deployed. */
import { Hono } from 'hono'
import type { CatalogApp, World } from '../../env.ts'

/** `/sign-in` and `/sign-out`, for `mesh dev` only. */
export function developmentSignIn(_world: World) {
  return new Hono<CatalogApp>()
}
