/** Sign-in through the configured OpenID Connect provider (OpenID Connect Core 1.0, authorization code with PKCE). */
import { Hono } from 'hono'
import type { CatalogApp, World } from '../env.ts'

/** `/sign-in`, `/sign-in/callback`, `/sign-out`. */
export function signInRoutes(_world: World) {
  return new Hono<CatalogApp>()
}
