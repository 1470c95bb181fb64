/** `mesh migrate`: writes the migration that a product's database lacks, if it lacks one. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { migration, readSchema, type Table } from '@meshloop/product/migrate'
import { parse } from 'smol-toml'

/**
 * Compares what the committed migrations of the Worker in `folder` make with what its contract needs.
 *
 * @returns the file that was written, or undefined when nothing is missing.
 * @throws {MigrationError} `migration_impossible` when a table would have to be rebuilt.
 */
export async function migrate(folder: string, label: string): Promise<string | undefined> {
  const dir = migrationsDir(folder)
  mkdirSync(dir, { recursive: true })
  const committed = readdirSync(dir)
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
  const database = new DatabaseSync(':memory:')
  for (const name of committed) database.exec(readFileSync(join(dir, name), 'utf8'))
  const existing = await readSchema(async (sql) => database.prepare(sql).all())
  const statements = migration(await tablesOf(folder), existing)
  if (statements.length === 0) return undefined
  const file = join(dir, `${String(committed.length + 1).padStart(4, '0')}_${label}.sql`)
  writeFileSync(file, `${statements.join(';\n\n')};\n`)
  return file
}

function migrationsDir(folder: string): string {
  const config = parse(readFileSync(join(folder, 'wrangler.toml'), 'utf8')) as {
    d1_databases?: { migrations_dir?: string }[]
  }
  const dir = config.d1_databases?.[0]?.migrations_dir
  if (dir === undefined)
    throw new Error(`${folder}/wrangler.toml names no migrations_dir under [[d1_databases]].`)
  return resolve(folder, dir)
}

async function tablesOf(folder: string): Promise<readonly Table[]> {
  const module: unknown = await import(pathToFileURL(resolve(folder, 'index.ts')).href)
  const worker = (module as { default?: { tables?: readonly Table[] } }).default
  if (!worker?.tables)
    throw new Error(`${folder}/index.ts is no product: its default export comes from serve().`)
  return worker.tables
}
