/**
 * Records that live in files alone, as writes meet them: of each a slim row is left in `_archived`. What is not newer than it
 * changes nothing; what is, takes the record back into the table, and its month is written anew.
 */
import type { Contract } from '@meshloop/contract'
import { briefItems, briefRows, type SentRows } from '../store/sent-rows.ts'
import { and, commas, name, sql, statement, type SQL } from '../store/sql.ts'

/** Whether records leave D1. */
export const letsLeave = ({ exports: rule }: Contract): boolean => rule?.hot !== undefined

/** The month of a record that lives in files alone, `2026-11`; undefined of any other. `key`: values in the contract's order. */
export async function archivedMonth(
  db: D1Database,
  contract: Contract,
  key: readonly (string | number)[],
): Promise<string | undefined> {
  if (!letsLeave(contract)) return undefined
  const same = contract.key.map((field, i) => sql`${name(field)} = ${key[i] ?? null}`)
  const found = await statement(db, sql`SELECT _month FROM _archived WHERE ${and(same)}`).first<{ _month: string }>() // prettier-ignore
  return found?._month
}

/** The moment from which on all records are in D1, as SQL; null while none has left. */
export const hotFrom = (contract: Contract): SQL =>
  letsLeave(contract)
    ? sql`(SELECT date(max(month) || '-01', '+1 month') || 'T00:00:00.000Z' FROM _archived_months WHERE records > 0)`
    : sql`NULL`

/** What a write of rows needs beside itself. */
export interface Overtaking {
  /** Marks months whose files hold what is overtaken; before the write. */
  readonly before: readonly SQL[]
  /** Condition of a row that `json_each` gives: it is newer than what is archived of its record, if anything is. */
  readonly isNewer: SQL
  /** Forgets what was overtaken; after the write. */
  readonly after: readonly SQL[]
}

/** For these rows; nothing where no record leaves. */
export function overtaking(contract: Contract, rows: SentRows): Overtaking {
  if (!letsLeave(contract)) return { before: [], isNewer: sql`true`, after: [] }
  const fields = Object.keys(contract.fields)
  const items = briefItems(contract)
  const sent = [
    ...items.key.map((part, i) => sql`${part} AS ${name(`_k${i}`)}`),
    sql`${items.version} AS _v`,
    sql`${items.hash} AS _h`,
  ]
  const same = contract.key.map((key, i) => sql`a.${name(key)} = sent.${name(`_k${i}`)}`)
  const keys = commas(contract.key.map(name))
  const overtaken = sql`FROM (SELECT ${commas(sent)} FROM ${briefRows(rows)}) AS sent CROSS JOIN _archived AS a
    WHERE ${and(same)} AND (sent._v > a._version OR (sent._v = a._version AND sent._h > a._hash))`
  const among = sql`(${keys}) IN (SELECT ${commas(contract.key.map((key) => sql`a.${name(key)}`))} ${overtaken})`
  const of = (index: number): SQL => sql`json_extract(json_each.value, ${sql.raw(`'$[${index}]'`)})`
  const known = contract.key.map((key) => sql`a.${name(key)} = ${of(fields.indexOf(key))}`)
  const version = of(fields.length)
  return {
    before: [
      sql`INSERT INTO _partitions (month, changed, exported) SELECT DISTINCT a._month, 1, 0 ${overtaken}
        ON CONFLICT (month) DO UPDATE SET changed = changed + 1`,
    ],
    isNewer: sql`NOT EXISTS (SELECT 1 FROM _archived AS a WHERE ${and(known)}
      AND (${version} < a._version OR (${version} = a._version AND ${of(fields.length + 1)} <= a._hash)))`,
    after: [
      sql`UPDATE _archived_months SET records = records - gone._n
        FROM (SELECT _month, count(*) AS _n FROM _archived WHERE ${among} GROUP BY _month) AS gone
        WHERE month = gone._month`,
      sql`DELETE FROM _archived WHERE ${among}`,
    ],
  }
}
