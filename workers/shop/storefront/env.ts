/** What the storefront is given: bindings, vars and secrets, and the world outside as parameters. */
import type { FlagReader } from '@meshloop/flags/read'
import type { Batch } from '@meshloop/access/batch'
import type { ProductId } from './outbox/products.ts'

/** Bindings, vars and secrets of the Worker; see wrangler.toml. */
export interface StorefrontEnv {
  readonly DB: D1Database
  readonly FLAGS: KVNamespace
  readonly ORDERS_QUEUE: Queue
  readonly ACCOUNTS_QUEUE: Queue
  readonly ISSUER: string
  readonly ENVIRONMENT: string
  readonly FLAGS_PINS: string
  readonly FLAGS_SECRET: string
  readonly SOURCE_KEY: string
  readonly CLIENT_KEY: string
}

/** Everything outside of the database, so that a test can stand in for it. */
export interface World {
  readonly db: D1Database
  /** Base URL of the catalog, without a slash at its end. */
  readonly catalog: string
  /** Reads the flag set that decides at checkout. */
  readonly flags: FlagReader
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** A new unguessable id: 32 hexadecimal digits. */
  readonly newId: () => string
  /** Goes on after the answer. */
  readonly waitUntil: (work: Promise<unknown>) => void
  /** Leaves a trace of what failed and will be tried again. */
  readonly tell: (error: unknown) => void
  /** Signs a batch and puts it into the product's queue. */
  readonly send: (product: ProductId, batch: Batch) => Promise<void>
  /** Reads a product over HTTP with this app's own grant; `path` is below its base URL. Rejects if it cannot. */
  readonly ask: (product: ProductId, path: `/${string}`) => Promise<unknown>
}

/** Hono's type parameter of every route here. */
export interface StorefrontApp {
  readonly Bindings: StorefrontEnv
  readonly Variables: { readonly world: World }
}
