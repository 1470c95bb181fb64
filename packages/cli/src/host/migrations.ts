/** Applies a database's migrations once each, recorded as wrangler records them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Miniflare } from 'miniflare'
import { unstable_splitSqlQuery as splitSql } from 'wrangler'
import { MeshError } from '../mesh-error.ts'

/** A D1 database as Miniflare hands it out. */
export type Database = Awaited<ReturnType<Miniflare['getD1Database']>>

/**
 * Brings `database` up to date with the .sql files of `folder`, in the order of their names, each in one transaction.
 *
 * @throws {MeshError} `migration_failed`, naming the file; the files before it stay applied.
 */
export async function migrate(database: Database, folder: string): Promise<void> {
  if (!existsSync(folder)) return
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
  await database.prepare(CREATE_LOG).run()
  const applied = await database.prepare('SELECT name FROM d1_migrations').all<{ name: string }>()
  const known = new Set(applied.results.map((row) => row.name))
  for (const file of files.filter((name) => !known.has(name))) await applyFile(database, folder, file)
}

async function applyFile(database: Database, folder: string, file: string): Promise<void> {
  const statements = splitSql(readFileSync(join(folder, file), 'utf8')).map((sql) => database.prepare(sql))
  const log = database.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(file)
  await database.batch([...statements, log]).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error)
    throw new MeshError(
      'migration_failed',
      `${join(folder, file)} does not apply: ${why}`,
      'Migrations that were applied may not change. To begin anew, delete the state folder (default .meshloop).',
      { cause: error },
    )
  })
}

/** The table that `wrangler d1 migrations apply` keeps. */
const CREATE_LOG = `CREATE TABLE IF NOT EXISTS d1_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`
