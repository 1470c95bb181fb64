/** Finds the Workers of a checkout by their folders: workers/<domain>/<product>/wrangler.toml, the catalog's at the root. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { parse } from 'smol-toml'
import * as z from 'zod'
import { MeshError } from '../mesh-error.ts'
import { isCron } from './crons.ts'

/** One Worker of the mesh, as its own wrangler.toml describes it. Paths are absolute. */
export interface WorkerConfig {
  /** `<domain>.<product>`, which is also its client id. */
  readonly id: string
  /** `<domain>-<product>`, its name on Cloudflare. */
  readonly name: string
  readonly domain: string
  readonly folder: string
  readonly configPath: string
  /** `main` of its wrangler.toml; a `local.ts` beside it takes its place here, and is in no bundle that is deployed. */
  readonly entry: string
  /** Where it answers: below its own path, and where its protected resource metadata is (RFC 9728). The catalog has all the rest. */
  readonly routes: readonly string[]
  /** A product has a contract beside its index.ts; an app has none. */
  readonly isProduct: boolean
  readonly vars: Readonly<Record<string, unknown>>
  /** Names of the secrets it cannot work without: `[secrets] required` in its wrangler.toml. */
  readonly secrets: readonly string[]
  readonly crons: readonly string[]
  readonly databases: readonly { readonly binding: string; readonly migrationsFolder: string | undefined }[]
}

const tomlSchema = z.looseObject({
  name: z.string(),
  main: z.string(),
  vars: z.record(z.string(), z.unknown()).default({}),
  secrets: z.object({ required: z.array(z.string()).default([]) }).default({ required: [] }),
  triggers: z.object({ crons: z.array(z.string()).default([]) }).default({ crons: [] }),
  d1_databases: z.array(z.object({ binding: z.string(), migrations_dir: z.string().optional() })).default([]),
})

/**
 * All Workers, the catalog first, the others by id.
 *
 * @throws {MeshError} `no_mesh_here` without a catalog at `root`, `worker_invalid` for a wrangler.toml that contradicts its folder.
 */
export function findWorkers(root: string): readonly WorkerConfig[] {
  const catalogPath = join(root, 'wrangler.toml')
  if (!existsSync(catalogPath))
    throw new MeshError(
      'no_mesh_here',
      `${root} is no mesh: it has no wrangler.toml of a catalog.`,
      'Run the command in a checkout of the mesh.',
    )
  const others = foldersIn(join(root, 'workers'))
    .flatMap((domain) => foldersIn(domain))
    .map((folder) => join(folder, 'wrangler.toml'))
    .filter((path) => existsSync(path))
    .map((path) => readWorker(path, root))
  return [readWorker(catalogPath, root), ...others]
}

/** The root of the checkout that `from` lies in: the nearest folder above with a wrangler.toml and a workers folder. */
export function findRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'wrangler.toml')) && existsSync(join(folder, 'workers'))) return folder
    if (dirname(folder) === folder) return from
  }
}

function readWorker(configPath: string, root: string): WorkerConfig {
  const where = relative(root, configPath)
  const read = tomlSchema.safeParse(parseToml(configPath, where))
  if (!read.success) throw invalid(where, z.prettifyError(read.error))
  const toml = read.data
  const entry = join(dirname(configPath), toml.main)
  const folder = dirname(entry)
  const [top, domain, product, ...more] = relative(root, folder).split(sep)
  if (top !== 'workers' || !domain || !product || more.length > 0)
    throw invalid(where, `its main ${toml.main} is not in a folder workers/<domain>/<product>`)
  if (toml.name !== `${domain}-${product}`)
    throw invalid(where, `its name is ${toml.name}, but its folder says ${domain}-${product}`)
  if (!existsSync(entry)) throw invalid(where, `its main ${toml.main} does not exist`)
  const badCron = toml.triggers.crons.find((cron) => !isCron(cron))
  if (badCron !== undefined)
    throw invalid(where, `the cron "${badCron}" is not five fields of numbers, *, ranges, lists or steps`)
  return {
    id: `${domain}.${product}`,
    name: toml.name,
    domain,
    folder,
    configPath,
    entry: existsSync(join(folder, 'local.ts')) ? join(folder, 'local.ts') : entry,
    routes:
      dirname(configPath) === root
        ? []
        : [`*/${domain}/${product}/*`, `*/.well-known/oauth-protected-resource/${domain}/${product}/*`],
    isProduct: existsSync(join(folder, 'contract.ts')),
    vars: toml.vars,
    secrets: toml.secrets.required,
    crons: toml.triggers.crons,
    databases: toml.d1_databases.map((database) => ({
      binding: database.binding,
      migrationsFolder:
        database.migrations_dir === undefined
          ? undefined
          : join(dirname(configPath), database.migrations_dir),
    })),
  }
}

function parseToml(path: string, where: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw invalid(where, error instanceof Error ? error.message : String(error))
  }
}

const invalid = (where: string, why: string): MeshError =>
  new MeshError('worker_invalid', `${where} cannot be used: ${why}.`, 'Mend the file and start again.')

const foldersIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
        .map((entry) => join(folder, entry.name))
        .sort()
    : []
