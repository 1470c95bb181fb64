/** A route beside those that all products have. */
import type { Scope } from '@meshloop/access/claims'
import type { Runtime } from '../env.ts'
import type { Parameter } from '../query/parameters.ts'
import type { WaitUntil } from './router.ts'

/** A handler beside the common ones, for products that do more: derivation, flags. `path` is below the base path. */
export interface ExtraRoute {
  /** Default: POST. */
  readonly method?: 'GET' | 'POST'
  readonly path: `/${string}`
  readonly scope: Scope
  /** Of the query. Default: none, and every one is refused. */
  readonly parameters?: readonly Parameter[]
  readonly handle: (runtime: Runtime, request: Request, waitUntil: WaitUntil) => Promise<Response>
}
