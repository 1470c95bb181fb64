/** What `build` sees of a key: the latest rows of an input, found by its index however many rows the key has. */
import { durationMs } from '@meshloop/contract'
import { recordJson } from '../query/record-json.ts'
import { and, commas, name, sql, type SQL } from '../store/sql.ts'
import type { Followed } from './derivation.ts'
import { kindsOf, mirrorName } from './mirrored.ts'

/**
 * The latest rows of some keys, oldest first: columns `_group` (the key as a JSON array) and `_row`; at most `limit` rows in all, and none after `chars`
 * characters of them.
 * `keys` is a JSON array of whole keys, as arrays; `outKey` says what their parts are.
 */
export function rowsOf(
  key: string,
  input: Followed,
  {
    keys,
    outKey,
    limit,
    chars,
  }: {
    readonly keys: string
    readonly outKey: readonly string[]
    readonly limit: number
    readonly chars: number
  },
): SQL {
  const { of, by, parts, fields, last, each, within } = input
  const table = name(mirrorName(key))
  const kinds = kindsOf(input)
  const wanted = parts.map(
    (part, i) =>
      sql`l.${name(by[i] ?? part)} = json_extract(d.value, ${sql.raw(`'$[${outKey.indexOf(part)}]'`)})`,
  )
  const kind = each === undefined ? [] : [sql`l.${name(each)} IS e.value`]
  const newest = sql`SELECT max(l.${name(of.eventTime)}) AS at FROM ${table} l WHERE ${and([...wanted, ...kind])}`
  const newestOfAll = kinds ? sql`SELECT max((${newest})) FROM json_each(${JSON.stringify(kinds)}) e` : newest
  const recent =
    within === undefined ? [] : [sql`l.${name(of.eventTime)} >= ${before(sql`(${newestOfAll})`, within)}`]
  const ordering = [...new Set([of.eventTime, ...of.key])]
  const order = (direction: 'ASC' | 'DESC'): SQL =>
    commas(ordering.map((field) => sql`${name(field)} ${sql.raw(direction)}`))
  const own = commas(of.key.map((field) => sql`m.${name(field)}`))
  const latest = sql`SELECT ${commas(of.key.map((field) => sql`l.${name(field)}`))} FROM ${table} l
    WHERE ${and([...wanted, ...kind, ...recent])} ORDER BY ${order('DESC')} LIMIT ${last}`
  const asked = kinds
    ? sql`json_each(${keys}) d CROSS JOIN json_each(${JSON.stringify(kinds)}) e`
    : sql`json_each(${keys}) d`
  return sql`
    SELECT _group, _row FROM (
      SELECT *, sum(length(_row)) OVER (ROWS UNBOUNDED PRECEDING) AS _chars FROM (
        SELECT _group, ${commas(ordering.map(name))}, ${recordJson(of, fields)} AS _row FROM (
          SELECT d.value AS _group, m.* FROM ${asked} CROSS JOIN ${table} m ON (${own}) IN (${latest}) LIMIT ${limit})))
    WHERE _chars - length(_row) <= ${chars} ORDER BY _group, ${order('ASC')}`
}

/** A time so long before another one, both as contracts have them. */
const before = (at: SQL, within: string): SQL =>
  sql`strftime('%Y-%m-%dT%H:%M:%fZ', ${at}, ${`-${(durationMs(within) ?? 0) / 1000} seconds`})`
