/** What the catalog is given: bindings and secrets, and the outside world as parameters. */
import type { Fetch } from '@meshloop/access/fetch-json'
import type { Day } from '@meshloop/contract'

/** Bindings, variables and secrets of the Worker; see the root's wrangler.toml. */
export interface CatalogEnv {
  readonly DB: D1Database
  /** Base URL of the catalog, without a slash at its end. */
  readonly ISSUER: string
  /** Part of every client key, so that a key of one mesh is none in another: `local`, `prod`. */
  readonly ENVIRONMENT: string
  /** Hosts that products may be registered on, comma-separated; `*.` in front allows every host below. */
  readonly ALLOWED_HOSTS: string
  /** Hosts that webhooks may be on, comma-separated, written as ALLOWED_HOSTS. */
  readonly WEBHOOK_HOSTS?: string
  /** The OpenID Connect provider that people sign in with; without one nobody signs in. */
  readonly OIDC_ISSUER?: string
  readonly OIDC_CLIENT_ID?: string
  readonly OIDC_CLIENT_SECRET?: string
  /** Signs tokens: an Ed25519 private JWK as JSON, or a set of them, the first of which signs and all of which are published. */
  readonly ISSUER_KEY: string
  /** Signs the denial list: an Ed25519 private JWK as JSON. */
  readonly DENIALS_KEY: string
  /** Signs checkpoints of the audit log: as ISSUER_KEY. An old key stays in the set for as long as its checkpoints shall be believed. */
  readonly AUDIT_KEY: string
  /** 32 random bytes, base64url: the secrets of webhooks are derived from it. */
  readonly WEBHOOK_KEY: string
  readonly OPERATOR_KEY: string
}

/** The world outside, so that a test can stand in for it. */
export interface World {
  readonly fetch: Fetch
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** A new unguessable id. */
  readonly newId: () => string
  /** 32 random bytes, base64url. */
  readonly newSecret: () => string
}

/** Where and when something is done that somebody answers for. */
export interface Scene {
  readonly db: D1Database
  /** RFC 3339 */
  readonly at: string
  readonly newId: () => string
}

/** The scene of this moment. */
export const sceneOf = (
  { DB }: Pick<CatalogEnv, 'DB'>,
  { now, newId }: Pick<World, 'now' | 'newId'>,
): Scene => ({
  db: DB,
  at: new Date(now()).toISOString(),
  newId,
})

/** A part of what is done once a minute; runs may be skipped, doubled or cut short. */
export type Chore = (env: CatalogEnv, world: World) => Promise<void>

/** Hono's type parameter of every route here. */
export interface CatalogApp {
  readonly Bindings: CatalogEnv
}

/** The day of an RFC 3339 time in UTC: such a time begins with it. */
export const dayOf = (time: string): Day => time.slice(0, 10) as Day
