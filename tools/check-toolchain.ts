/**
 * One runtime everywhere. `mesh dev` drives Miniflare itself with options that wrangler makes; with any other version
 * than wrangler's own (npm's `latest` tag is an older line) it fails in ways that name neither. The overrides in
 * pnpm-workspace.yaml hold them together, and this check sees what was really installed.
 *
 * Versions are exact and stand in one place, the catalog, so that a fresh clone next year builds the same.
 */
import { existsSync, globSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { conclude } from './conclude.ts'

interface Manifest {
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

const root = join(import.meta.dirname, '..')
const wrangler = installed('wrangler', root)
const plugin = installed('@cloudflare/vitest-plugin', root)
const catalog = catalogVersions()

conclude(
  `wrangler ${wrangler.version} with miniflare ${wrangler.dependencies?.['miniflare']} everywhere, ${catalog.size} exact versions`,
  [...runtimeComplaints(), ...versionComplaints(), ...nodeComplaints()],
)

function runtimeComplaints(): string[] {
  const wanted = wrangler.dependencies?.['miniflare']
  const users = {
    wrangler: wrangler.folder,
    'the vitest plugin': plugin.folder,
    cli: join(root, 'packages/cli'),
  }
  const foreign = Object.entries(users).flatMap(([user, folder]) => {
    const { version } = installed('miniflare', folder)
    return version === wanted
      ? []
      : [
          `${user} runs miniflare ${version}, wrangler ${wrangler.version} is made for ${wanted}: set \`miniflare\` in the catalog to ${wanted}.`,
        ]
  })
  const pluginsOwn = installed('wrangler', plugin.folder).version
  return pluginsOwn === wrangler.version
    ? foreign
    : [
        ...foreign,
        `The vitest plugin runs wrangler ${pluginsOwn}, we deploy with ${wrangler.version}: keep the override in pnpm-workspace.yaml.`,
      ]
}

function versionComplaints(): string[] {
  const inexact = [...catalog].flatMap(([name, version]) =>
    isExact(version) ? [] : [`The catalog has ${name}: ${version}; give one exact version.`],
  )
  const manifests = globSync(
    [
      'package.json',
      'packages/*/package.json',
      'workers/*/*/package.json',
      'tests/package.json',
      'bench/package.json',
    ],
    { cwd: root },
  )
  const outside = manifests.flatMap((path) => {
    const { dependencies, devDependencies } = readManifest(join(root, path))
    return Object.entries({ ...dependencies, ...devDependencies }).flatMap(([name, range]) =>
      ['catalog:', 'workspace:*'].includes(range) || isExact(range.replace(/^npm:node@/, ''))
        ? []
        : [`${path} has ${name}: ${range}; write \`catalog:\` and put the version into pnpm-workspace.yaml.`],
    )
  })
  return [...inexact, ...outside]
}

function nodeComplaints(): string[] {
  const wanted = readManifest(join(root, 'package.json')).devDependencies?.['node']?.replace(/^npm:node@/, '')
  return wanted === process.versions.node
    ? []
    : [
        `This runs on Node ${process.versions.node}, the scripts are made for ${wanted}: start them with \`npx pnpm\`.`,
      ]
}

function isExact(version: string): boolean {
  return /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)
}

/** The manifest of a package as `from` sees it: the nearest node_modules above it that has the package. */
function installed(name: string, from: string): Manifest & { readonly folder: string } {
  for (let above = from; above !== dirname(above); above = dirname(above)) {
    const folder = join(above, 'node_modules', name)
    if (existsSync(folder))
      return { ...readManifest(join(folder, 'package.json')), folder: realpathSync(folder) }
  }
  throw new Error(`${name} is not installed for ${from}: run \`npx pnpm install\`.`)
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest
}

/** The block `catalog:` of pnpm-workspace.yaml; its lines are plain `name: version`. */
function catalogVersions(): ReadonlyMap<string, string> {
  const yaml = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')
  const block = /^catalog:\n((?: .*\n)+)/m.exec(yaml)?.[1] ?? ''
  return new Map(
    block.matchAll(/^ +'?([^':]+)'?: *(\S+)$/gm).map(([, name = '', version = '']) => [name, version]),
  )
}
