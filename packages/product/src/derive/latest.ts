/** What `build` sees of a key: the latest rows of an input, found by its index however many rows the key has. */
import { durationMs } from '@meshloop/contract'
import { recordJson } from '../query/record-json.ts'
import { and, commas, name, sql, type SQL } from '../store/sql.ts'
import type { Followed } from './derivation.ts'
import { groupOf } from './marking.ts'
import { kindsOf, mirrorName } from './mirrored.ts'

/** Whose rows, and how many. */
export interface Asked {
  /** A JSON array of whole keys, as arrays. */
  readonly keys: string
  /** What the parts of a key are. */
  readonly outKey: readonly string[]
  /** Rows in all. */
  readonly limit: number
  /** Characters of them: no row comes after so many. */
  readonly chars: number
}

/** The latest rows of some keys, oldest first: columns `_group` (the key as a JSON array) and `_row`. */
export function rowsOf(key: string, input: Followed, asked: Asked): SQL {
  const { of, fields } = input
  const ordering = orderOf(input)
  return sql`
    SELECT _group, _row FROM (
      SELECT *, sum(length(_row)) OVER (ROWS UNBOUNDED PRECEDING) AS _chars FROM (
        SELECT _group, ${commas(ordering.map(name))}, ${recordJson(of, fields)} AS _row FROM (${seenOf(key, input, asked)})))
    WHERE _chars - length(_row) <= ${asked.chars} ORDER BY _group, ${ordered(ordering, 'ASC')}`
}

/** The rows that are seen: the columns of the mirror, and `_group`. */
function seenOf(key: string, input: Followed, asked: Asked): SQL {
  const { of, by, last, each, within } = input
  const table = name(mirrorName(key))
  const kinds = kindsOf(input)
  const { from, group, values } = comparedWith(input, asked)
  const wanted = by.map((field, i) => sql`l.${name(field)} = ${values[i] ?? sql`NULL`}`)
  const kind = each === undefined ? [] : [sql`l.${name(each)} IS e.value`]
  const newest = sql`SELECT max(l.${name(of.eventTime)}) AS at FROM ${table} l WHERE ${and([...wanted, ...kind])}`
  const newestOfAll = kinds ? sql`SELECT max((${newest})) FROM json_each(${JSON.stringify(kinds)}) e` : newest
  const recent =
    within === undefined ? [] : [sql`l.${name(of.eventTime)} >= ${before(sql`(${newestOfAll})`, within)}`]
  const own = commas(of.key.map((field) => sql`m.${name(field)}`))
  const latest = sql`SELECT ${commas(of.key.map((field) => sql`l.${name(field)}`))} FROM ${table} l
    WHERE ${and([...wanted, ...kind, ...recent])} ORDER BY ${ordered(orderOf(input), 'DESC')} LIMIT ${last}`
  const all = kinds ? sql`${from} CROSS JOIN json_each(${JSON.stringify(kinds)}) e` : from
  return sql`SELECT ${group} AS _group, m.* FROM ${all} CROSS JOIN ${table} m ON (${own}) IN (${latest}) LIMIT ${asked.limit}`
}

interface Compared {
  /** A relation `d`. */
  readonly from: SQL
  readonly group: SQL
  /** For each field of `by`. */
  readonly values: readonly SQL[]
}

/** What the fields of an input are compared with: parts of the keys, or the values that the rows have which lead to it. */
function comparedWith({ parts, leader }: Followed, asked: Asked): Compared {
  const part = (at: number): SQL => sql`json_extract(d.value, ${sql.raw(`'$[${at}]'`)})`
  if (!leader)
    return {
      from: sql`json_each(${asked.keys}) d`,
      group: sql`d.value`,
      values: parts.map((each) => part(asked.outKey.indexOf(each))),
    }
  return {
    from: sql`(SELECT DISTINCT _group, ${groupOf(leader.fields.map(name))} AS value FROM (${seenOf(leader.name, leader.input, asked)})) d`,
    group: sql`d._group`,
    values: leader.fields.map((_, i) => part(i)),
  }
}

/** The latest of two rows is the one that comes last in the order of these. */
const orderOf = ({ of }: Followed): string[] => [...new Set([of.eventTime, ...of.key])]

const ordered = (fields: readonly string[], direction: 'ASC' | 'DESC'): SQL =>
  commas(fields.map((field) => sql`${name(field)} ${sql.raw(direction)}`))

/** A time so long before another one, both as contracts have them. */
const before = (at: SQL, within: string): SQL =>
  sql`strftime('%Y-%m-%dT%H:%M:%fZ', ${at}, ${`-${(durationMs(within) ?? 0) / 1000} seconds`})`
