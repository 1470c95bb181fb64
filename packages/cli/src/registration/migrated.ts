/** Whether a product's database is ready for its contract: a change of a contract is often seen before its migration is written. */
import type { Contract } from '@meshloop/contract'
import { tablesOf } from '@meshloop/product/migrate'
import type { Database } from '../host/migrations.ts'
import { MeshError } from '../mesh-error.ts'

/** @throws {MeshError} `migration_missing`, naming what the database lacks and the command that writes it. */
export async function checkMigrated(database: Database, contract: Contract): Promise<void> {
  const { results } = await database.prepare(COLUMNS).all<{ place: string }>()
  const present = new Set(results.map(({ place }) => place))
  const lacking = tablesOf(contract).flatMap(({ name, columns }) => {
    const missing = columns.map((column) => `${name}.${column.name}`).filter((place) => !present.has(place))
    return missing.length === columns.length ? [`the table ${name}`] : missing
  })
  if (lacking.length === 0) return
  throw new MeshError(
    'migration_missing',
    `${contract.id} ${contract.version} is not registered: its database lacks ${lacking.join(', ')}.`,
    `Write the migration: npx pnpm mesh migrate ${contract.id}`,
  )
}

const COLUMNS = `SELECT t.name || '.' || c.name AS place FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'`
