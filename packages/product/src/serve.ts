/** A product's Worker, made from its contract. */
import { ContractError, findProjectionProblems, majorOf, type Contract } from '@meshloop/contract'
import { getPath } from 'hono/utils/url'
import { derivationTables } from './derive/derivation-tables.ts'
import { derivingRoute } from './derive/route.ts'
import type { Derivation } from './derive/derivation.ts'
import { createRuntime, olderRuntime, type ProductEnv, type Runtime } from './env.ts'
import type { FlagsOptions } from './flags/publisher.ts'
import { flagsRoutes } from './flags/routes.ts'
import { flagsTables } from './flags/tables.ts'
import { createApp } from './http/app.ts'
import { basePath } from './http/base-path.ts'
import type { ExtraRoute } from './http/extra-route.ts'
import { resourceMetadataPath } from './http/resource-metadata.ts'
import { unservedMajor } from './http/unserved-major.ts'
import { consume, consumeDeadLetters } from './ingest/queue.ts'
import { rollupSeeds, type Seed } from './store/rollups.ts'
import { fillsOf, type Fill } from './table/fill.ts'
import { tablesOf, type Table } from './table/tables.ts'
import { doChores } from './upkeep/chores.ts'

/**
 * What a product is made of: its contract, or for a derived product the derivation that fills it; how its records
 * become flags if its contract declares a flags port; and its older majors, which are read from the same records as
 * their contracts' `projects` say.
 */
export type ProductDefinition = ({ readonly contract: Contract } | { readonly derivation: Derivation }) & {
  readonly flags?: FlagsOptions
  readonly older?: readonly Contract[]
}

/** The default export of a product's index.ts. */
export interface ProductWorker {
  readonly fetch: (request: Request, env: ProductEnv, context: ExecutionContext) => Promise<Response>
  readonly queue: (batch: MessageBatch, env: ProductEnv) => Promise<void>
  /** The upkeep: exports, forgotten deletions, statistics. By the cron of the product's wrangler.toml. */
  readonly scheduled: (controller: ScheduledController, env: ProductEnv) => Promise<void>
  /** Every address of every major, so that a test can say who each is for. */
  readonly routes: readonly { readonly method: string; readonly path: string }[]
  /** The tables that the product's migrations must make: `mesh migrate` writes what is missing. */
  readonly tables: readonly Table[]
  /** What the rows of an older major have for columns that are new: `mesh migrate` fills them. */
  readonly fills: readonly Fill[]
  /** What new rollups begin with: `mesh migrate` fills them from the records that are there. */
  readonly seeds: readonly Seed[]
}

/**
 * Makes the Worker. One runtime is kept per isolate: it holds the issuer's keys and the tokens seen.
 *
 * @throws {TypeError} when the contract declares a flags port and `flags` is missing, or the reverse, or inputs without a derivation.
 * @throws {ContractError} `contract_invalid` when an older major cannot be read from the records, with every problem.
 */
export function serve(definition: ProductDefinition): ProductWorker {
  const { contract, routes, tables } = partsOf(definition)
  const older = checked(contract, definition.older ?? [])
  const fills = fillsOf(contract, older)
  const runtimeOf = keepRuntime((env) => createRuntime(contract, env, fills))
  const newest = createApp(contract, runtimeOf, routes)
  const newestPath = `${basePath(contract)}/`
  const majors = older.map((each) => ({
    path: `${basePath(each)}/`,
    app: createApp(
      each,
      keepRuntime(async (env) => olderRuntime(await runtimeOf(env), each)),
      [],
    ),
  }))
  return {
    fetch(request, env, context) {
      const path = getPath(request)
      const asked = `${path.startsWith(resourceMetadataPath) ? path.slice(resourceMetadataPath.length) : path}/`
      const app = majors.find((major) => asked.startsWith(major.path))?.app
      if (app) return app.fetch(request, env, context, path)
      const other = asked.startsWith(newestPath) ? undefined : unservedMajor(contract, path, env)
      return other ? Promise.resolve(other) : newest.fetch(request, env, context, path)
    },
    async queue(batch, env) {
      const runtime = await runtimeOf(env)
      await (batch.queue.endsWith('-dlq') ? consumeDeadLetters : consume)(runtime, batch.messages)
    },
    async scheduled(_controller, env) {
      const failed = await doChores(await runtimeOf(env))
      // So that the failure is seen where runs of crons are listed.
      if (failed.length > 0) throw new Error(`failed: ${failed.join(', ')}`)
    },
    routes: [newest, ...majors.map(({ app }) => app)].flatMap((app) => app.routes),
    tables: [...tablesOf(contract), ...tables],
    fills,
    seeds: rollupSeeds(contract),
  }
}

/** The newest first. */
function checked(newest: Contract, older: readonly Contract[]): readonly Contract[] {
  const majors = older.map(majorOf)
  const problems = older.flatMap((each, index) =>
    [
      ...findProjectionProblems(each, newest),
      ...(majors.indexOf(majorOf(each)) < index
        ? [{ path: 'version', problem: 'another contract of this major is served too' }]
        : []),
    ].map(({ path, problem }) => ({ path: `${each.version} ${path}`, problem })),
  )
  if (problems.length > 0) throw new ContractError(newest.id, problems)
  return older.toSorted((a, b) => majorOf(b) - majorOf(a))
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
  if (contract.inputs && !('derivation' in definition))
    throw new TypeError(`${contract.id} declares inputs: pass its derivation to serve`)
  if (contract.flags && !flags)
    throw new TypeError(`${contract.id} declares a flags port: pass flags with entry to serve`)
  return {
    contract,
    routes: [...derived.routes, ...(flags ? flagsRoutes(contract, flags) : [])],
    tables: [...derived.tables, ...(flags ? flagsTables : [])],
  }
}

function keepRuntime(make: (env: ProductEnv) => Promise<Runtime>): (env: ProductEnv) => Promise<Runtime> {
  let kept: { env: ProductEnv; runtime: Promise<Runtime> } | undefined
  return (env) => {
    if (kept?.env.DB !== env.DB || kept.env.BASE_URL !== env.BASE_URL) kept = { env, runtime: make(env) }
    return kept.runtime
  }
}
