/** Turns Workers into the options of one Miniflare: bindings as wrangler reads them, scripts from the bundle, paths as routes. */
import {
  convertV4MiniflareOptions,
  Log,
  LogLevel,
  type MiniflareOptions,
  type V4MiniflareOptions,
} from 'miniflare'
import {
  unstable_getMiniflareWorkerOptions as readBindings,
  unstable_readConfig as readConfig,
} from 'wrangler'
import { environmentOf } from '../keys/environment.ts'
import type { Keyring } from '../keys/keyring.ts'
import type { Bundle } from './bundle.ts'
import { HOST } from './port.ts'
import type { WorkerConfig } from './workers.ts'

/** A line of the runtime or of a Worker's console. */
export type LogLine = (level: string, text: string) => void

/** What is the same for all Workers of a mesh. */
export interface RuntimeSetting {
  readonly origin: string
  readonly port: number
  /** Folder of D1, KV, R2 and queues. */
  readonly dataFolder: string
  readonly keys: Keyring
  readonly log: LogLine
  /** Vars by Worker id, instead of those of its toml. */
  readonly vars: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** What Miniflare runs: all Workers behind one port. @throws {MeshError} `worker_invalid` */
export async function runtimeOptions(
  workers: readonly WorkerConfig[],
  bundle: Bundle,
  setting: RuntimeSetting,
): Promise<MiniflareOptions> {
  const environments = await Promise.all(
    workers.map((worker) => environmentOf(worker, setting.origin, setting.keys)),
  )
  const options = {
    host: HOST,
    port: setting.port,
    cf: false, // else it asks the network for a sample of request.cf
    telemetry: { enabled: false },
    resourcePersistencePath: setting.dataFolder,
    log: new RuntimeLog(setting.log),
    handleStructuredLogs: ({ level, message }: { level: string; message: string }) =>
      setting.log(level, message),
    workers: workers.map((worker, index) => ({
      ...bindingsOf(worker),
      name: worker.name,
      bindings: { ...environments[index], ...setting.vars[worker.id] },
      modules: [{ type: 'ESModule', path: `${worker.id}.js`, contents: bundle.scripts.get(worker.id) ?? '' }],
      routes: [...worker.routes],
    })),
  }
  return convertV4MiniflareOptions(options as V4MiniflareOptions) // bindings hold values of vars, which are unknown here
}

/** Miniflare finds modules itself only without a bundle; the crons are ours to time. */
function bindingsOf(worker: WorkerConfig): object {
  // Without its secrets wrangler does not look for them in the environment: a local mesh has only keys that it made.
  const { secrets: _secrets, ...config } = readConfig({ config: worker.configPath }) as Record<
    string,
    unknown
  >
  const { workerOptions } = readBindings(config as never) // wrangler's types name a package that is bundled into it
  const { modulesRules: _rules, rootPath: _root, cronTriggers: _crons, ...bindings } = workerOptions
  return bindings
}

class RuntimeLog extends Log {
  readonly #line: LogLine

  constructor(line: LogLine) {
    super(LogLevel.WARN)
    this.#line = line
  }

  override logWithLevel(level: LogLevel, message: string): void {
    if (level <= this.level) this.#line(LogLevel[level].toLowerCase(), message)
  }
}
