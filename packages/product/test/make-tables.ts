/** A database as a new deployment finds it. */
import { createTable } from '../src/table/ddl.ts'
import type { Table } from '../src/table/tables.ts'

/** Drops all tables and makes these. */
export async function makeTables(db: D1Database, tables: readonly Table[]): Promise<void> {
  const { results } = await db
    .prepare(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'`,
    )
    .all<{ name: string }>()
  const drops = results.map(({ name }) => `DROP TABLE "${name}"`)
  await db.batch([...drops, ...tables.flatMap(createTable)].map((sql) => db.prepare(sql)))
}
