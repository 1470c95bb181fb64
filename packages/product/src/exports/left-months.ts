/** Months that records leave by a write: their files hold what is no longer true. */
import type { Contract } from '@meshloop/contract'
import { briefItems, briefRows, type SentRows } from '../store/sent-rows.ts'
import { and, commas, name, sql, type SQL } from '../store/sql.ts'

/** Characters of a month in a time: `2026-11`. */
const MONTH_CHARS = 7

/** The month of a time, as SQL. */
export const monthOf = (time: SQL): SQL => sql`substr(${time}, 1, ${sql.raw(String(MONTH_CHARS))})`

/**
 * The statement that marks them, for contracts that declare exports; put it before the write of these rows. Only who leaves
 * is marked in a write: which months records came into, the next export sees by their sequence numbers.
 */
export function markLeftMonths(contract: Contract, rows: SentRows): SQL[] {
  if (!contract.exports) return []
  const items = briefItems(contract)
  const sent = items.key.map((part, i) => sql`${part} AS ${name(`_k${i}`)}`)
  const same = contract.key.map((key, i) => sql`r.${name(key)} = sent.${name(`_k${i}`)}`)
  const month = monthOf(sql`r.${name(contract.eventTime)}`)
  return [
    sql`INSERT INTO _partitions (month, changed, exported)
      SELECT DISTINCT ${month}, 1, 0 FROM (
        SELECT ${commas(sent)}, ${items.time} AS _time, ${items.deleted} AS _gone
        FROM ${briefRows(rows)}) AS sent CROSS JOIN records AS r
      WHERE ${and(same)} AND r._deleted = 0 AND (sent._gone = 1 OR ${monthOf(sql`sent._time`)} IS NOT ${month})
      ON CONFLICT (month) DO UPDATE SET changed = changed + 1`,
  ]
}
