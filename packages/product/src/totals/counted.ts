/**
 * The records that protected totals count.
 *
 * In each cell the first records of all persons are one set, their second ones another, and so on. Of a set only whole blocks
 * of `least` records count, in the order in which they came. So whatever counts, counts together with as much of `least - 1`
 * others; a new record changes no answer until it completes a block, and then the answer changes by the whole block; who has
 * more records than anybody else counts with no more than others have; and each count is a multiple of `least`.
 */
import { commas, name, sql, type SQL } from '../store/sql.ts'
import type { Protection } from './protection.ts'

/** Records to choose from. */
export interface Choice {
  /** What stands in FROM. */
  readonly from: SQL
  /** Conditions on whole cells, and those of the view. */
  readonly where: SQL
  /** Fields that the totals are computed from. */
  readonly fields: readonly string[]
  /** Column by which records stand in the order in which they came, which no correction changes. */
  readonly arrival: string
}

/** What stands in FROM for the records that count: their fields, under their names. */
export function countedRecords(
  { least, person, cell }: Protection,
  { from, where, fields, arrival }: Choice,
): SQL {
  const columns = [...new Set([...cell, ...fields])].map(name)
  const cells = cell.map(name)
  // A Worker of before this column wrote rows without it: theirs is the number of every change.
  const order = sql`coalesce(${name(arrival)}, _seq)`
  const turn =
    person === undefined
      ? sql`1`
      : sql`row_number() OVER (PARTITION BY ${commas([...cells, name(person)])} ORDER BY ${order})`
  // A record about nobody protects nobody.
  const somebody = person === undefined ? where : sql`${where} AND ${name(person)} IS NOT NULL`
  const set = commas([...cells, sql`_turn`])
  return sql`(
    SELECT * FROM (
      SELECT *, row_number() OVER (PARTITION BY ${set} ORDER BY _order) AS _place, count(*) OVER (PARTITION BY ${set}) AS _size
      FROM (SELECT ${commas([...columns, sql`${order} AS _order`, sql`${turn} AS _turn`])} FROM ${from} WHERE ${somebody})
    ) WHERE _place <= _size - _size % ${least})`
}
