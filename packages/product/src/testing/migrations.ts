/** The database of a test, as migrations make it. */

/** A migration as wrangler reads it from its file. */
export interface Migration {
  readonly name: string
  readonly queries: readonly string[]
}

/** Applies them, in one transaction. */
export const apply = (db: D1Database, migrations: readonly Migration[]): Promise<void> =>
  run(
    db,
    migrations.flatMap(({ queries }) => queries),
  )

/** Drops every table. */
export async function dropAll(db: D1Database): Promise<void> {
  const { results } = await db
    .prepare(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`,
    )
    .all<{ name: string }>()
  await run(
    db,
    results.map(({ name }) => `DROP TABLE "${name}"`),
  )
}

async function run(db: D1Database, queries: readonly string[]): Promise<void> {
  if (queries.length > 0) await db.batch(queries.map((sql) => db.prepare(sql)))
}
