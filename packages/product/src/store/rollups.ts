/** Rollups: totals by dimension, which move in the transaction of each write. */
import { groupingOf, type Contract, type Measure, type Rollup } from '@meshloop/contract'
import { rollupName, sqlType } from '../table/tables.ts'
import { bucketOf } from './buckets.ts'
import { commas, name, sql, textOf, type SQL } from './sql.ts'

/** Takes the living records of a condition out of a rollup's totals (before they change or leave), or adds them (after it). */
export function moveTotals(contract: Contract, rollup: Rollup, where: SQL, sign: SQL): SQL {
  const totals = ['_n', ...rollup.measures].map(name)
  return sql`
    INSERT INTO ${name(rollupName(rollup.by))} (grp, ${commas(totals)})
    SELECT ${groupOf(rollup)}, ${sign}count(*), ${commas(rollup.measures.map((m) => sql`${sign}${keptTotal(contract, m)}`))}
    FROM records
    WHERE _deleted = 0 AND ${where}
    GROUP BY 1
    ON CONFLICT (grp) DO UPDATE SET ${commas(totals.map((total) => sql`${total} = ${total} + excluded.${total}`))}`
}

/** The statement that fills a new table of a database that has records. */
export interface Seed {
  readonly table: string
  /** SQL without bound values and without a semicolon. */
  readonly statement: string
}

/** Totals of the records that are there already: a rollup that is new begins with them, since it is only moved by changes. */
export const rollupSeeds = (contract: Contract): Seed[] =>
  (contract.rollups ?? []).map((rollup) => {
    const table = rollupName(rollup.by)
    const totals = [sql`count(*)`, ...rollup.measures.map((measure) => keptTotal(contract, measure))]
    return {
      table,
      statement: textOf(
        sql`INSERT INTO ${name(table)} ("grp", ${commas(['_n', ...rollup.measures].map(name))}) SELECT ${groupOf(rollup)}, ${commas(totals)} FROM "records" WHERE "_deleted" = 0 GROUP BY 1`,
      ),
    }
  })

/** What names a group: its values in the order of `by`, lengths of time in UTC. */
const groupOf = ({ by }: Rollup): SQL =>
  sql`json_array(${commas(
    by.map((each) => {
      const { field, bucket } = groupingOf(each)
      return bucket === undefined ? name(field) : bucketOf(name(field), bucket)
    }),
  )})`

function keptTotal(contract: Contract, measure: string): SQL {
  const definition: Measure | undefined = contract.measures?.[measure]
  return definition && 'sum' in definition
    ? sumOf(contract, definition.sum, name(definition.sum))
    : sql`count(*)`
}

/**
 * The sum of values of a field. SQLite's sum() of whole numbers fails beyond 2^63, and with it every write and answer that
 * it is a part of: a thousand absurd amounts would do. total() does not, and is exact up to 2^53, as JSON's numbers are.
 */
export const sumOf = (contract: Contract, field: string, value: SQL): SQL =>
  sqlType(contract, field) === 'INTEGER' ? sql`CAST(total(${value}) AS INTEGER)` : sql`total(${value})`
