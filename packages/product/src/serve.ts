/** A product's Worker, made from its contract. */
import type { Contract } from '@meshloop/contract'
import { createRuntime, type ProductEnv, type Runtime } from './env.ts'
import { createApp, type ExtraRoute } from './http/app.ts'
import { consume, consumeDeadLetters } from './ingest/queue.ts'
import { tablesOf, type Table } from './table/tables.ts'

/** What a product is made of. */
export interface ProductDefinition {
  readonly contract: Contract
}

/** The default export of a product's index.ts. `tables` is what its migrations must make. */
export interface ProductWorker {
  readonly fetch: (request: Request, env: ProductEnv, context: ExecutionContext) => Promise<Response>
  readonly queue: (batch: MessageBatch, env: ProductEnv) => Promise<void>
  readonly tables: readonly Table[]
}

/** Makes the Worker. One runtime is kept per isolate: it holds the issuer's keys and the tokens seen. */
export function serve(definition: ProductDefinition): ProductWorker {
  const { contract } = definition
  const runtimeOf = keepRuntime(contract)
  const app = createApp(contract, runtimeOf, routesOf(definition))
  return {
    fetch: async (request, env, context) => app.fetch(request, env, context),
    async queue(batch, env) {
      const runtime = await runtimeOf(env)
      await (batch.queue.endsWith('-dlq') ? consumeDeadLetters : consume)(runtime, batch.messages)
    },
    tables: tablesOf(contract),
  }
}

const routesOf = (_definition: ProductDefinition): ExtraRoute[] => []

function keepRuntime(contract: Contract): (env: ProductEnv) => Promise<Runtime> {
  let kept: { env: ProductEnv; runtime: Promise<Runtime> } | undefined
  return (env) => {
    if (kept?.env.DB !== env.DB || kept.env.BASE_URL !== env.BASE_URL)
      kept = { env, runtime: createRuntime(contract, env) }
    return kept.runtime
  }
}
