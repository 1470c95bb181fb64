/** Totals of the records that are there already: a rollup that is new begins with them, since it is only moved by changes. */
import type { Contract } from '@meshloop/contract'
import { rollupName } from '../table/tables.ts'
import { commas, name, sql, textOf } from './sql.ts'
import { totalOf } from './write-rows.ts'

/** The statement that fills a new table of a database that has records. */
export interface Seed {
  readonly table: string
  /** SQL without bound values and without a semicolon. */
  readonly statement: string
}

/** The seeds of a contract's rollups. */
export const rollupSeeds = (contract: Contract): Seed[] =>
  (contract.rollups ?? []).map(({ by, measures }) => {
    const table = rollupName(by)
    const totals = [sql`count(*)`, ...measures.map((measure) => totalOf(contract, measure))]
    return {
      table,
      statement: textOf(
        sql`INSERT INTO ${name(table)} ("grp", ${commas(['_n', ...measures].map(name))}) SELECT json_array(${commas(by.map(name))}), ${commas(totals)} FROM "records" WHERE "_deleted" = 0 GROUP BY 1`,
      ),
    }
  })
