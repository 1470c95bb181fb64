/** What the steward is given: bindings and a key, and the world outside as parameters. */
import type { Client } from '@meshloop/client'
import type { WritePace } from '@meshloop/flags/publish'
import type { AuditReader } from './audit-reader.ts'

/** Bindings, variables and secrets of the Worker. */
export interface StewardEnv {
  readonly DB: D1Database
  /** Flags: nobody else writes here. */
  readonly FLAGS: KVNamespace
  /** Base URL of the catalog, without a slash at its end. */
  readonly ISSUER: string
  /** First part of the names of flag sets. */
  readonly ENVIRONMENT: string
  /** Buys tokens with the scopes run, check and flags. */
  readonly CLIENT_KEY: string
}

/** What a tick works with. */
export interface World {
  readonly db: D1Database
  readonly kv: KVNamespace
  readonly client: Client
  /** The catalog's list of products, as JSON. */
  readonly readCatalog: () => Promise<unknown>
  readonly audit: AuditReader
  readonly environment: string
  readonly pace: WritePace
  /** Unix ms. */
  readonly now: () => number
}
