/** Bundles all Workers with one esbuild context: eleven contexts took six times as long and twice the memory. */
import { dirname, relative, resolve } from 'node:path'
import { context, type BuildContext, type BuildFailure, type Metafile } from 'esbuild'
import { MeshError } from '../mesh-error.ts'
import type { WorkerConfig } from './workers.ts'

/** What one build made. */
export interface Bundle {
  /** Script of each Worker, by its id. */
  readonly scripts: ReadonlyMap<string, string>
  /** Absolute paths of the source files that went in, packages from outside the checkout left out. */
  readonly sources: readonly string[]
}

/** Builds the same Workers again and again, each time only what changed. */
export interface Bundler {
  /** @throws {MeshError} `build_failed` with the compiler's messages. */
  build(): Promise<Bundle>
  close(): Promise<void>
}

/** Options follow wrangler's own bundling, so that what runs here is what is deployed. */
export async function openBundler(root: string, workers: readonly WorkerConfig[]): Promise<Bundler> {
  const bundling = await context({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(workers.map((worker) => [worker.id, worker.entry])),
    outdir: resolve(root, 'dist'),
    write: false,
    metafile: true,
    bundle: true,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
    define: {
      'process.env.NODE_ENV': '"development"',
      'global.process.env.NODE_ENV': '"development"',
      'globalThis.process.env.NODE_ENV': '"development"',
      'navigator.userAgent': '"Cloudflare-Workers"',
    },
    loader: { '.txt': 'text', '.html': 'text', '.sql': 'text' },
    logLevel: 'silent',
  })
  return { build: () => build(bundling, root, workers), close: () => bundling.dispose() }
}

async function build(
  bundling: BuildContext,
  root: string,
  workers: readonly WorkerConfig[],
): Promise<Bundle> {
  const result = await bundling.rebuild().catch((error: unknown) => {
    throw buildFailed(error, root)
  })
  const files = new Map(
    (result.outputFiles ?? []).map((file) => [relative(resolve(root, 'dist'), file.path), file.text]),
  )
  const scripts = workers.map((worker) => [worker.id, files.get(`${worker.id}.js`) ?? ''] as const)
  return { scripts: new Map(scripts), sources: sourcesOf(result.metafile, root) }
}

const sourcesOf = (metafile: Metafile | undefined, root: string): readonly string[] =>
  Object.keys(metafile?.inputs ?? {})
    .filter((path) => !path.includes('node_modules'))
    .map((path) => resolve(root, path))

/** Folders to look at for changes of these files. */
export const foldersOf = (files: readonly string[]): readonly string[] => [
  ...new Set(files.map((file) => dirname(file))),
]

function buildFailed(error: unknown, root: string): unknown {
  if (!isBuildFailure(error)) return error
  const messages = error.errors.map(({ text, location }) =>
    location === null ? text : `${relative(root, resolve(root, location.file))}:${location.line}: ${text}`,
  )
  return new MeshError('build_failed', `The Workers do not build:\n${messages.join('\n')}`, undefined, {
    cause: error,
  })
}

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && 'errors' in error && Array.isArray(error.errors)
