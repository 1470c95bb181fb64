/** `mesh migrate`: writes the migration that a product's database lacks, if it lacks one. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import {
  migration,
  MigrationError,
  readSchema,
  type Fill,
  type Seed,
  type Table,
} from '@meshloop/product/migrate'
import { productWorker, productWorkers } from '../checkout/product-worker.ts'
import type { WorkerConfig } from '../host/workers.ts'
import { MeshError } from '../mesh-error.ts'
import type { CommandContext } from '../mesh/target.ts'

/** Options of `mesh migrate`. */
export interface MigrateOptions {
  /** What the migration does, for its file's name: lower case, digits and underscores. */
  readonly label: string
  /** New columns, comma-separated, that are not filled from those of an older major. Default: all are filled. */
  readonly leaveEmpty?: string
}

/**
 * Compares what the committed migrations of a product make with what its contract needs, and writes what is missing.
 * Fields that have another name than in an older major are filled with what rows have under the older one.
 *
 * @throws {MeshError} `contract_unreadable`, and `migration_impossible` when a table would have to be rebuilt, or a value's newer one is unclear.
 */
export async function migrate(
  productId: string,
  { label, leaveEmpty }: MigrateOptions,
  { root, terminal }: CommandContext,
): Promise<void> {
  if (!/^[a-z0-9_]{1,60}$/.test(label))
    throw new MeshError(
      'bad_argument',
      `"${label}" is no label: use lower case letters, digits and underscores.`,
    )
  const worker = productWorker(productId, productWorkers(root))
  const folder = migrationsFolder(worker)
  mkdirSync(folder, { recursive: true })
  const committed = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
  const statements = await missing(worker, folder, committed, leaveEmpty?.split(',') ?? [])
  if (statements.length === 0) {
    terminal.out(`${productId}: nothing is missing\n`)
    return
  }
  const file = join(folder, `${String(committed.length + 1).padStart(4, '0')}_${label}.sql`)
  writeFileSync(file, `${statements.join(';\n\n')};\n`, { flag: 'wx' })
  terminal.out(`${relative(root, file)}\n`)
}

async function missing(
  worker: WorkerConfig,
  folder: string,
  committed: readonly string[],
  leftEmpty: readonly string[],
): Promise<string[]> {
  const database = new DatabaseSync(':memory:')
  try {
    for (const name of committed) database.exec(readFileSync(join(folder, name), 'utf8'))
    const existing = await readSchema(async (sql) => database.prepare(sql).all())
    const { tables, fills = [], seeds = [] } = await productOf(worker)
    return migration(tables, existing, { fills, leftEmpty, seeds })
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error
    throw new MeshError(error.code, error.message, undefined, { cause: error })
  } finally {
    database.close()
  }
}

function migrationsFolder(worker: WorkerConfig): string {
  const folder = worker.databases[0]?.migrationsFolder
  if (folder !== undefined) return folder
  throw new MeshError(
    'worker_invalid',
    `${worker.configPath} names no migrations_dir under [[d1_databases]].`,
  )
}

/** What `serve` makes of a product beside its handlers. */
interface Served {
  readonly tables: readonly Table[]
  readonly fills?: readonly Fill[]
  readonly seeds?: readonly Seed[]
}

async function productOf(worker: WorkerConfig): Promise<Served> {
  const module: unknown = await import(pathToFileURL(worker.entry).href).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'contract_invalid')) throw error
    throw new MeshError('contract_unreadable', error.message, 'Mend its contract.ts.', { cause: error })
  })
  const { default: product } = module as { default?: Partial<Served> } // made by serve(), or not
  if (product?.tables !== undefined) return { ...product, tables: product.tables }
  throw new MeshError(
    'worker_invalid',
    `${worker.entry} is no product: its default export does not come from serve().`,
  )
}
