/** The whole mesh in one process, on one port: for `mesh dev` and for tests of the whole mesh. */
import { join } from 'node:path'
import { openKeyring, type Keyring } from '../keys/keyring.ts'
import { keysPath } from '../keys/keys-path.ts'
import { describe, MeshError } from '../mesh-error.ts'
import { registering } from '../registration/register.ts'
import type { Database } from './migrations.ts'
import { findPort, HOST } from './port.ts'
import { claimState } from './process-file.ts'
import type { LogLine } from './runtime-options.ts'
import { startRuntime, type KvNamespace } from './runtime.ts'
import { startSchedule } from './schedule.ts'
import { takingTurns } from './turns.ts'
import { startWatch } from './watch.ts'
import type { WorkerConfig } from './workers.ts'

/** What {@link startMesh} starts. */
export interface MeshOptions {
  /** The checkout: the folder of the catalog's wrangler.toml. */
  readonly root: string
  /** Folder of databases, queues, KV, R2 and keys; the same folder again goes on where it stopped. */
  readonly stateFolder: string
  /** Default 0: a free one. */
  readonly port?: number
  /** Runs the Workers' crons by the clock. Default false: only when asked. */
  readonly crons?: boolean
  /** Reloads when a source file, wrangler.toml or migration changes. Default false: only when asked. */
  readonly watch?: boolean
  /** Vars by Worker id, instead of those of its toml, e.g. `{ 'shop.simulator': { LIVE: 'off' } }`. Default: none. */
  readonly vars?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Lines of the runtime and of the Workers' consoles. Default: dropped. */
  readonly log?: LogLine
}

/** A mesh that runs. Workers are named by their id, e.g. `purchase.orders`; another name throws `no_such_worker`. */
export interface Mesh {
  /** Origin of the mesh, which is the catalog's address too; no slash at its end. */
  readonly url: string
  readonly keys: Keyring
  workers(): readonly WorkerConfig[]
  /**
   * Runs the `scheduled` handler of a Worker, after what runs or reloads already. `cron`: default the first of its toml.
   * @returns `ok`, or how else the run ended, e.g. `exception`
   */
  scheduled(worker: string, cron?: string): Promise<string>
  /** Builds again and restarts if anything differs. @returns whether it did. @throws {MeshError} `build_failed`; the old mesh goes on. */
  reload(): Promise<boolean>
  /** The database of a Worker; `binding` is `DB` by default. */
  d1(worker: string, binding?: string): Promise<Database>
  kv(worker: string, binding: string): Promise<KvNamespace>
  /** Ends everything. Messages that wait in a queue are lost. */
  stop(): Promise<void>
}

/**
 * Starts the mesh and registers its products.
 *
 * @throws {MeshError} `no_mesh_here`, `worker_invalid`, `port_taken`, `already_running`, `keys_unreadable`, `build_failed`,
 *   `runtime_failed`, `migration_failed`, `migration_missing`, `registration_failed`; nothing is left running then.
 */
export async function startMesh(options: MeshOptions): Promise<Mesh> {
  const log = options.log ?? (() => undefined)
  const ends: (() => unknown)[] = []
  const stop = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end()
  }
  try {
    const claim = await claimState(options.stateFolder)
    ends.push(() => claim.remove())
    const port = await findPort(options.port ?? 0)
    const url = `http://${HOST}:${port}`
    const keys = openKeyring(keysPath(options.stateFolder))
    const dataFolder = join(options.stateFolder, 'data')
    const setting = { origin: url, port, dataFolder, keys, log, vars: options.vars ?? {} }
    const runtime = await startRuntime(options.root, setting, claim)
    ends.push(() => runtime.stop())
    const register = registering(
      url,
      keys,
      async ({ id, databases: [first] }) => first && runtime.d1(id, first.binding),
    )
    await register(runtime.workers())

    const turns = takingTurns()
    ends.push(() => turns.take(() => Promise.resolve())) // what runs may end
    const mesh: Mesh = {
      url,
      keys,
      workers: () => runtime.workers(),
      scheduled: (worker, cron) =>
        turns.take(async () => {
          const outcome = await runtime.scheduled(worker, cron)
          if (outcome !== 'ok') log('error', `${worker}: its scheduled run ended with ${outcome}`)
          return outcome
        }),
      reload: () =>
        turns.take(async () => {
          const changed = await runtime.reload()
          if (changed) await register(runtime.workers())
          return changed
        }),
      d1: (worker, binding = 'DB') => runtime.d1(worker, binding),
      kv: (worker, binding) => runtime.kv(worker, binding),
      stop,
    }
    if (options.crons) ends.push(runCrons(mesh, log))
    if (options.watch) ends.push(reloadOnChange(mesh, () => runtime.sources(), log))
    return mesh
  } catch (error) {
    await stop()
    throw error
  }
}

/** @returns how to end it */
function runCrons(mesh: Mesh, log: LogLine): () => void {
  const run = (worker: WorkerConfig, cron: string): Promise<unknown> =>
    mesh.scheduled(worker.id, cron).catch((error: unknown) => log('error', messageOf(error)))
  const schedule = startSchedule(() => mesh.workers(), run)
  return () => schedule.stop()
}

/** @returns how to end it */
function reloadOnChange(mesh: Mesh, sources: () => readonly string[], log: LogLine): () => void {
  const watch = startWatch(() => {
    mesh
      .reload()
      .then((changed) => changed && log('info', 'Reloaded after a change.'))
      .catch((error: unknown) => log('error', messageOf(error)))
      .finally(() => watch.follow(mesh.workers(), sources()))
  })
  watch.follow(mesh.workers(), sources())
  return () => watch.stop()
}

function messageOf(error: unknown): string {
  if (error instanceof MeshError) return describe(error)
  return error instanceof Error ? error.message : String(error)
}
