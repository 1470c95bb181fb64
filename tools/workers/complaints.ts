/** What a Worker's folder must hold and its wrangler.toml must say, beyond what wrangler itself refuses. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parse } from 'smol-toml'
import type { WorkerFolder } from './folders.ts'

/** As much of wrangler.toml as is looked at here; that it has this shape is wrangler's dry run to say. */
interface Config {
  readonly name?: string
  readonly main?: string
  readonly compatibility_date?: string
  readonly compatibility_flags?: readonly string[]
  readonly vars?: Readonly<Record<string, unknown>>
  readonly routes?: readonly (string | { readonly pattern: string })[]
  readonly d1_databases?: readonly Database[]
  readonly kv_namespaces?: readonly { readonly binding: string; readonly id?: string }[]
  readonly queues?: {
    readonly consumers?: readonly { readonly queue: string; readonly dead_letter_queue?: string }[]
  }
}

interface Database {
  readonly database_name?: string
  readonly preview_database_id?: string
  readonly migrations_dir?: string
}

const maxLinesOfWiring = 40
const compatibilityDate = '2026-11-17'

/** Everything that is wrong with one Worker, each with its fix. Nothing is run. */
export function complaintsAbout(worker: WorkerFolder, root: string): string[] {
  const toml = join(worker.configFolder, 'wrangler.toml')
  if (!existsSync(toml)) {
    return [
      `${relative(root, toml)} is missing: wrangler would climb to the root's and deploy the catalog a second time.`,
    ]
  }
  const config = parse(readFileSync(toml, 'utf8')) as Config
  const where = relative(root, toml)
  return [
    ...strayConfigs(worker, root),
    ...identityComplaints(worker, config).map((complaint) => `${where}: ${complaint}`),
    ...storageComplaints(worker, config, root).map((complaint) => `${where}: ${complaint}`),
    ...routeComplaints(worker, config).map((complaint) => `${where}: ${complaint}`),
    ...secretComplaints(config).map((complaint) => `${where}: ${complaint}`),
    ...folderComplaints(worker, root),
  ]
}

function strayConfigs({ folder, configFolder }: WorkerFolder, root: string): string[] {
  const strays = [root, folder].flatMap((place) =>
    ['wrangler.json', 'wrangler.jsonc'].map((name) => join(place, name)),
  )
  if (configFolder !== folder) strays.push(join(folder, 'wrangler.toml'))
  return strays
    .filter((path) => existsSync(path))
    .map((path) => `${relative(root, path)} beats or shadows the wrangler.toml that is meant: remove it.`)
}

function identityComplaints({ name, folder, configFolder }: WorkerFolder, config: Config): string[] {
  const main = resolve(configFolder, config.main ?? '')
  const complaints: string[] = []
  if (config.name !== name) complaints.push(`name is ${config.name}; call it ${name}, after its folder.`)
  if (main !== join(folder, 'index.ts') && main !== join(folder, 'index.tsx')) {
    complaints.push(`main is ${config.main}; it must be this folder's index.ts.`)
  }
  if (config.compatibility_date !== compatibilityDate) {
    complaints.push(
      `compatibility_date is ${config.compatibility_date}; all Workers are tested with ${compatibilityDate}.`,
    )
  }
  if (!config.compatibility_flags?.includes('global_fetch_strictly_public')) {
    complaints.push(
      'add compatibility_flags = ["global_fetch_strictly_public"]: without it products cannot fetch each other.',
    )
  }
  return complaints
}

function storageComplaints(worker: WorkerFolder, config: Config, root: string): string[] {
  const migrations = join('migrations', worker.domain, worker.product)
  const databases = (config.d1_databases ?? []).flatMap((database) => {
    const complaints: string[] = []
    for (const key of ['database_name', 'preview_database_id'] as const) {
      if (database[key] === worker.name) continue
      complaints.push(
        `${key} is ${database[key]}; call it ${worker.name}, or two Workers share one local database.`,
      )
    }
    if (relative(root, resolve(worker.configFolder, database.migrations_dir ?? '')) !== migrations) {
      complaints.push(`migrations_dir is ${database.migrations_dir}; it must lead to ${migrations}.`)
    } else if (globSync('*.sql', { cwd: join(root, migrations) }).length === 0) {
      complaints.push(`${migrations} has no *.sql.`)
    }
    return complaints
  })
  const namespaces = (config.kv_namespaces ?? [])
    .filter(({ id }) => id === undefined)
    .map(
      ({ binding }) =>
        `give KV ${binding} an id: wrangler would make one for each Worker, and nobody would read what is written.`,
    )
  const queues = (config.queues?.consumers ?? [])
    .filter(({ queue, dead_letter_queue }) => dead_letter_queue === undefined && !queue.endsWith('-dlq'))
    .map(
      ({ queue }) =>
        `give queue ${queue} a dead_letter_queue: without one a batch is deleted after its retries.`,
    )
  return [...databases, ...namespaces, ...queues]
}

/** A product on a host that it shares is found in two places: at its paths, and where its challenges send clients (RFC 9728). */
function routeComplaints({ domain, product }: WorkerFolder, { routes = [] }: Config): string[] {
  const patterns = routes.map((route) => (typeof route === 'string' ? route : route.pattern))
  const path = `/${domain}/${product}/*`
  return patterns
    .filter((pattern) => pattern.endsWith(path) && !pattern.includes('/.well-known/'))
    .map((pattern) => pattern.replace(path, `/.well-known/oauth-protected-resource${path}`))
    .filter((needed) => !patterns.includes(needed))
    .map((needed) => `add the route ${needed}: there clients look up who sells tokens for the product.`)
}

/** Names that are secrets by the mesh's conventions, and values that look like one: a client key, a private JWK, a PEM. */
function secretComplaints({ vars = {} }: Config): string[] {
  return Object.entries(vars)
    .filter(([name, value]) => {
      const text = JSON.stringify(value)
      return /(_KEY|_SECRET|_TOKEN|PASSWORD)$/.test(name) || /ml_[a-z]+_|\\?"d\\?":|PRIVATE KEY/.test(text)
    })
    .map(
      ([name]) => `${name} is a secret: remove it from vars and set it with \`wrangler secret put ${name}\`.`,
    )
}

function folderComplaints({ folder, domain, product }: WorkerFolder, root: string): string[] {
  const here = relative(root, folder)
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name?: string
    exports?: object
  }
  const isProduct = existsSync(join(folder, 'contract.ts'))
  const complaints: string[] = []
  if (manifest.name !== `@meshloop/${domain}-${product}`) {
    complaints.push(`${here}/package.json is named ${manifest.name}; call it @meshloop/${domain}-${product}.`)
  }
  const exported = JSON.stringify(manifest.exports)
  if (exported !== (isProduct ? '{".":"./contract.ts"}' : undefined)) {
    complaints.push(
      `${here}/package.json exports ${exported}; a product exports its ./contract.ts and nothing else, an app nothing.`,
    )
  }
  const tests = globSync('**/*.test.{ts,tsx}', { cwd: folder, exclude: ['node_modules/**'] })
  if (tests.length === 0) complaints.push(`${here} has no test.`)
  if (!isProduct) return complaints
  for (const file of ['index.ts', 'README.md']) {
    if (!existsSync(join(folder, file))) complaints.push(`${here}/${file} is missing.`)
  }
  const lines = linesOfCode(join(folder, 'index.ts'))
  if (lines > maxLinesOfWiring) {
    complaints.push(
      `${here}/index.ts has ${lines} lines of code, ${maxLinesOfWiring} at most: if a product needs more, the runtime lacks something.`,
    )
  }
  return complaints
}

function linesOfCode(path: string): number {
  if (!existsSync(path)) return 0
  const code = readFileSync(path, 'utf8').replace(/\/\*[^]*?\*\//g, '')
  return code.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('//')).length
}
