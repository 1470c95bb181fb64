/** A product's Worker, made from its contract. */
import type { Contract } from '@meshloop/contract'
import { derivationTables } from './derive/mirror.ts'
import { derivingRoute } from './derive/route.ts'
import type { Derivation } from './derive/derivation.ts'
import { createRuntime, type ProductEnv, type Runtime } from './env.ts'
import { createApp, type ExtraRoute } from './http/app.ts'
import { consume, consumeDeadLetters } from './ingest/queue.ts'
import { tablesOf, type Table } from './table/tables.ts'

/** What a product is made of: its contract, and for a derived product the derivation that fills it. */
export type ProductDefinition = { readonly contract: Contract } | { readonly derivation: Derivation }

/** The default export of a product's index.ts. */
export interface ProductWorker {
  readonly fetch: (request: Request, env: ProductEnv, context: ExecutionContext) => Promise<Response>
  readonly queue: (batch: MessageBatch, env: ProductEnv) => Promise<void>
  /** The tables that the product's migrations must make: `mesh migrate` writes what is missing. */
  readonly tables: readonly Table[]
}

/** Makes the Worker. One runtime is kept per isolate: it holds the issuer's keys and the tokens seen. */
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
  if (!('derivation' in definition)) return { contract: definition.contract, routes: [], tables: [] }
  const { derivation } = definition
  return {
    contract: derivation.out,
    routes: [derivingRoute(derivation)],
    tables: derivationTables(derivation),
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
