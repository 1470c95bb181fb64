/** Part of the product suite: the committed migrations make the product's tables. */
import { describe, expect, it } from 'vitest'
import { migration, readSchema } from '../table/schema.ts'
import type { Subject } from './specimen.ts'
import { upgradesSuite } from './upgrades.ts'

/** The committed migrations make exactly the tables that the contract needs. */
export function tablesSuite(subject: Subject): void {
  const { worker, bench } = subject
  describe('migrations', () => {
    it('make exactly the product’s tables: `mesh migrate` finds nothing missing', async () => {
      const { DB } = bench().env
      const existing = await readSchema(async (sql) => (await DB.prepare(sql).all()).results)
      expect(migration(worker.tables, existing)).toEqual([])
      expect(existing.map(({ name }) => name).toSorted()).toEqual(
        worker.tables.map(({ name }) => name).toSorted(),
      )
    })
    upgradesSuite(subject)
  })
}
