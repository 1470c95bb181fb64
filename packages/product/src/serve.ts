/** A product's Worker, made from its contract. */
import type { Contract } from '@meshloop/contract'
import { derivationTables } from './derive/mirror.ts'
import { derivingRoute } from './derive/route.ts'
import type { Derivation } from './derive/derivation.ts'
import { createRuntime, type ProductEnv, type Runtime } from './env.ts'
import type { FlagsOptions } from './flags/publisher.ts'
import { flagsRoutes } from './flags/routes.ts'
import { flagsTables } from './flags/tables.ts'
import { createApp, type ExtraRoute } from './http/app.ts'
import { consume, consumeDeadLetters } from './ingest/queue.ts'
import { tablesOf, type Table } from './table/tables.ts'

/**
 * What a product is made of: its contract, or for a derived product the derivation that fills it; and how its records
 * become flags if its contract declares a flags port.
 */
export type ProductDefinition = ({ readonly contract: Contract } | { readonly derivation: Derivation }) & {
  readonly flags?: FlagsOptions
}

/** The default export of a product's index.ts. */
export interface ProductWorker {
  readonly fetch: (request: Request, env: ProductEnv, context: ExecutionContext) => Promise<Response>
  readonly queue: (batch: MessageBatch, env: ProductEnv) => Promise<void>
  /** The tables that the product's migrations must make: `mesh migrate` writes what is missing. */
  readonly tables: readonly Table[]
}

/**
 * Makes the Worker. One runtime is kept per isolate: it holds the issuer's keys and the tokens seen.
 *
 * @throws {TypeError} when the contract declares a flags port and `flags` is missing, or the reverse.
 */
export function serve(definition: ProductDefinition): ProductWorker {
  const { contract, routes, tables } = partsOf(definition)
  const runtimeOf = keepRuntime(contract)
  const app = createApp(contract, runtimeOf, routes)
  return {
    fetch: async (request, env, context) => app.fetch(request, env, context),
    async queue(batch, env) {
      const runtime = await runtimeOf(env)
      await (batch.queue.endsWith('-dlq') ? consumeDeadLetters : consume)(runtime, batch.messages)
    },
    tables: [...tablesOf(contract), ...tables],
  }
}

function partsOf(definition: ProductDefinition): {
  contract: Contract
  routes: ExtraRoute[]
  tables: Table[]
} {
  const contract = 'derivation' in definition ? definition.derivation.out : definition.contract
  const derived =
    'derivation' in definition
      ? { routes: [derivingRoute(definition.derivation)], tables: derivationTables(definition.derivation) }
      : { routes: [], tables: [] }
  const { flags } = definition
  if (contract.flags && !flags)
    throw new TypeError(`${contract.id} declares a flags port: pass flags with entry to serve`)
  return {
    contract,
    routes: [...derived.routes, ...(flags ? flagsRoutes(contract, flags) : [])],
    tables: [...derived.tables, ...(flags ? flagsTables : [])],
  }
}

function keepRuntime(contract: Contract): (env: ProductEnv) => Promise<Runtime> {
  let kept: { env: ProductEnv; runtime: Promise<Runtime> } | undefined
  return (env) => {
    if (kept?.env.DB !== env.DB || kept.env.BASE_URL !== env.BASE_URL)
      kept = { env, runtime: createRuntime(contract, env) }
    return kept.runtime
  }
}
