/** Bindings of a test run: those of wrangler.toml and of vitest.config.ts. */
import type { D1Migration } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { StorefrontEnv } from '../env.ts'

interface TestEnv extends StorefrontEnv {
  readonly MIGRATIONS: readonly D1Migration[]
  readonly ORDERS_DB: D1Database
  readonly ORDERS_MIGRATIONS: readonly D1Migration[]
  /** The key that readers pin, and another under the same kid. */
  readonly FLAGS_KEY: string
  readonly FOREIGN_KEY: string
}

/** All of them; generated types do not know the tests'. */
export const bindings = env as unknown as TestEnv

/** Makes a database as a new deployment finds it. */
export async function empty(db: D1Database, migrations: readonly D1Migration[]): Promise<void> {
  const { results } = await db
    .prepare(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`,
    )
    .all<{ name: string }>()
  const drops = results.map(({ name }) => `DROP TABLE "${name}"`)
  await db.batch([...drops, ...migrations.flatMap(({ queries }) => queries)].map((sql) => db.prepare(sql)))
}
