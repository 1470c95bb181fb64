/** The Workers of a checkout, bundled and running in one workerd. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Miniflare, MiniflareCoreError } from 'miniflare'
import { MeshError } from '../mesh-error.ts'
import { openBundler, type Bundle, type Bundler } from './bundle.ts'
import { migrate, type Database } from './migrations.ts'
import type { ProcessFile } from './process-file.ts'
import { runtimeOptions, type RuntimeSetting } from './runtime-options.ts'
import { findWorkers, type WorkerConfig } from './workers.ts'

/** A KV namespace as Miniflare hands it out. */
export type KvNamespace = Awaited<ReturnType<Miniflare['getKVNamespace']>>

/** Workers that run. They are named by their id, e.g. `purchase.orders`; @throws {MeshError} `no_such_worker`. */
export interface Runtime {
  workers(): readonly WorkerConfig[]
  /** Source files that the Workers are built from. */
  sources(): readonly string[]
  /** Builds again and restarts if anything differs. @returns whether it did. @throws {MeshError} `build_failed`, `runtime_failed`; the old Workers go on. */
  reload(): Promise<boolean>
  /** Runs the `scheduled` handler; `cron` is by default the Worker's first. @returns `ok`, or how else it ended. */
  scheduled(worker: string, cron?: string): Promise<string>
  d1(worker: string, binding: string): Promise<Database>
  kv(worker: string, binding: string): Promise<KvNamespace>
  stop(): Promise<void>
}

/** @throws {MeshError} `no_mesh_here`, `worker_invalid`, `build_failed`, `runtime_failed`, `migration_failed`; nothing runs then. */
export async function startRuntime(
  root: string,
  setting: RuntimeSetting,
  claim: ProcessFile,
): Promise<Runtime> {
  let workers = findWorkers(root)
  let bundler = await openBundler(root, workers)
  /** What the bundler builds: not what runs, when a new Worker does not build. */
  let bundled = entriesOf(workers)
  let bundle: Bundle
  let miniflare: Miniflare
  /** Of what runs. */
  let options: Awaited<ReturnType<typeof runtimeOptions>>
  try {
    bundle = await bundler.build()
    options = await runtimeOptions(workers, bundle, setting)
    miniflare = await claim.watching(() => open(options))
  } catch (error) {
    await bundler.close()
    throw error
  }
  let running = fingerprint(workers, bundle)
  const stop = async (): Promise<void> => {
    await miniflare.dispose()
    await bundler.close()
  }
  await migrateAll(miniflare, workers).catch(async (error: unknown) => {
    await stop()
    throw error
  })

  const bundlerFor = async (found: readonly WorkerConfig[]): Promise<Bundler> => {
    if (entriesOf(found) === bundled) return bundler
    const next = await openBundler(root, found)
    await bundler.close()
    bundled = entriesOf(found)
    return next
  }
  const named = (id: string): WorkerConfig => findWorker(workers, id)
  return {
    workers: () => workers,
    sources: () => bundle.sources,
    async reload() {
      const found = findWorkers(root)
      bundler = await bundlerFor(found)
      const built = await bundler.build()
      if (fingerprint(found, built) === running) return false
      const next = await runtimeOptions(found, built, setting)
      await claim
        .watching(() => miniflare.setOptions(next))
        .catch(async (error: unknown) => {
          await claim.watching(() => miniflare.setOptions(options))
          throw new MeshError(
            'runtime_failed',
            'A Worker does not start, for the reason above. The old Workers go on.',
            undefined,
            { cause: error },
          )
        })
      options = next
      workers = found
      bundle = built
      running = fingerprint(found, built)
      await migrateAll(miniflare, workers)
      return true
    },
    async scheduled(id, cron) {
      const worker = named(id)
      const handler = await miniflare.getWorker(worker.name)
      const run = { cron: cron ?? worker.crons[0] ?? '', scheduledTime: new Date() }
      return (await handler.scheduled(run)).outcome
    },
    d1: (id, binding) => miniflare.getD1Database(binding, named(id).name),
    kv: (id, binding) => miniflare.getKVNamespace(binding, named(id).name),
    stop,
  }
}

async function open(options: Awaited<ReturnType<typeof runtimeOptions>>): Promise<Miniflare> {
  const miniflare = new Miniflare(options)
  try {
    await miniflare.ready
    return miniflare
  } catch (error) {
    await miniflare.dispose()
    if (!(error instanceof MiniflareCoreError)) throw error
    throw new MeshError('runtime_failed', `The Workers do not start: ${error.message}`, undefined, {
      cause: error,
    })
  }
}

async function migrateAll(miniflare: Miniflare, workers: readonly WorkerConfig[]): Promise<void> {
  for (const worker of workers)
    for (const { binding, migrationsFolder } of worker.databases)
      if (migrationsFolder !== undefined)
        await migrate(await miniflare.getD1Database(binding, worker.name), migrationsFolder)
}

function findWorker(workers: readonly WorkerConfig[], id: string): WorkerConfig {
  const worker = workers.find((candidate) => candidate.id === id)
  if (worker !== undefined) return worker
  const known = workers.map((candidate) => candidate.id).join(', ')
  throw new MeshError('no_such_worker', `There is no Worker ${id}. There are ${known}.`)
}

const entriesOf = (workers: readonly WorkerConfig[]): string =>
  workers.map((worker) => worker.entry).join('\n')

/** Equal when nothing that runs or is registered would change. */
const fingerprint = (workers: readonly WorkerConfig[], bundle: Bundle): string =>
  JSON.stringify([workers, workers.map(migrationFiles), workers.map(domainFile), [...bundle.scripts]])

const migrationFiles = (worker: WorkerConfig): readonly string[] =>
  worker.databases.flatMap(({ migrationsFolder }) =>
    migrationsFolder !== undefined && existsSync(migrationsFolder)
      ? readdirSync(migrationsFolder).sort()
      : [],
  )

/** What the Worker's domain says of itself is registered with its products. */
function domainFile(worker: WorkerConfig): string | undefined {
  const path = join(dirname(worker.folder), 'domain.ts')
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}
