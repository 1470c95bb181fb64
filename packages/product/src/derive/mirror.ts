/** The mirror of an input: the declared fields of its records, kept in the derived database in the order of its feed. */
import { majorOf } from '@meshloop/contract'
import { and, commas, item, name, sql, type SQL } from '../store/sql.ts'
import { storedValue, type Json } from '../store/stored-row.ts'
import { column, sqlType, type Table } from '../table/tables.ts'
import type { Derivation, Input } from './derivation.ts'
import { recordJson } from '../query/record-json.ts'

/** One change of an input's feed. */
export type Change =
  | { readonly op: 'upsert'; readonly record: Json }
  | { readonly op: 'delete'; readonly key: Json }

/** Name of the table that mirrors an input. */
const mirrorName = (input: string): string => `_in_${input}`

/** The columns of a mirror, which is all that is read of an input: its key, what groups it, what orders it, what `build` sees, what it is counted by. */
export const mirroredFields = ({ of, by, fields, each }: Input): string[] => [
  ...new Set([...of.key, ...by, of.eventTime, ...fields, ...(each === undefined ? [] : [each])]),
]

/** What a mirror holds: of which major which fields. With a cursor of other ones its rows would lack what is new. */
export const mirrorShape = (input: Input): string => `v${majorOf(input.of)} ${mirroredFields(input).join()}`

/** The tables of a derivation: a mirror for each input, and the keys whose records must be built anew. */
export const derivationTables = ({ inputs }: Derivation): Table[] => [
  ...Object.entries(inputs).map(([key, input]) => ({
    name: mirrorName(key),
    columns: mirroredFields(input).map((field) =>
      column(field, sqlType(input.of, field), { pk: input.of.key.indexOf(field) + 1 }),
    ),
    indexes: [
      {
        name: `${mirrorName(key)}_by`,
        unique: false,
        columns: [...new Set([...input.by, input.of.eventTime])],
      },
    ],
  })),
  { name: '_dirty', columns: [column('key', 'TEXT', { pk: 1 })], indexes: [] },
]

/** The statements that apply a page of changes: the keys that rows leave and join become dirty. */
export function applyChanges(key: string, input: Input, changes: readonly Change[]): SQL[] {
  if (changes.length === 0) return []
  const columns = mirroredFields(input)
  const kept = changes.flatMap((change) =>
    change.op === 'upsert' && belongs(input, change.record) ? [change.record] : [],
  )
  const gone = changes.flatMap((change) =>
    change.op === 'delete' ? [change.key] : belongs(input, change.record) ? [] : [change.record],
  )
  const rows = JSON.stringify(
    kept.map((record) => columns.map((field) => storedValue(input.of, field, record[field] ?? null))),
  )
  const keys = (records: readonly Json[]): string =>
    JSON.stringify(records.map((record) => input.of.key.map((field) => record[field])))
  const table = name(mirrorName(key))
  const values = columns.filter((field) => !input.of.key.includes(field))
  return [
    sql`INSERT OR IGNORE INTO _dirty SELECT ${groupOf(input)} FROM ${table} WHERE ${keyIn(input, keys([...kept, ...gone]))}`,
    sql`INSERT INTO ${table} (${commas(columns.map(name))}) SELECT ${commas(columns.map((_, i) => item(i)))} FROM json_each(${rows}) WHERE true
        ON CONFLICT (${commas(input.of.key.map(name))}) DO ${values.length === 0 ? sql`NOTHING` : sql`UPDATE SET ${commas(values.map((v) => sql`${name(v)} = excluded.${name(v)}`))}`}`,
    sql`DELETE FROM ${table} WHERE ${keyIn(input, keys(gone))}`,
    sql`INSERT OR IGNORE INTO _dirty SELECT json_array(${commas(input.by.map((field) => item(columns.indexOf(field))))}) FROM json_each(${rows})`,
  ]
}

/** The statements that forget an input, to be filled from its beginning again. What was built from it becomes dirty. */
export const forget = (key: string, input: Input): SQL[] => [
  sql`INSERT OR IGNORE INTO _dirty SELECT ${groupOf(input)} FROM ${name(mirrorName(key))}`,
  sql`DELETE FROM ${name(mirrorName(key))}`,
]

/** The latest rows of some keys, oldest first: columns `_group` (the key as a JSON array) and `_row`. `keys` is a JSON array of such arrays. */
export function rowsOf(key: string, input: Input, keys: string): SQL {
  const { of, by, fields, last, each } = input
  const counted = [sql`d.value`, ...(each === undefined ? [] : [sql`m.${name(each)}`])]
  const own = by.map((field, i) => sql`m.${name(field)} = json_extract(d.value, ${sql.raw(`'$[${i}]'`)})`)
  const order = (direction: 'ASC' | 'DESC'): SQL =>
    commas([of.eventTime, ...of.key].map((field) => sql`${name(field)} ${sql.raw(direction)}`))
  return sql`
    SELECT _group, ${recordJson(of, fields)} AS _row FROM (
      SELECT d.value AS _group, m.*, row_number() OVER (PARTITION BY ${commas(counted)} ORDER BY ${order('DESC')}) AS _place
      FROM json_each(${keys}) d JOIN ${name(mirrorName(key))} m ON ${and(own)}
    ) WHERE _place <= ${last} ORDER BY _group, ${order('ASC')}`
}

const belongs = ({ by }: Input, record: Json): boolean =>
  by.every((field) => record[field] !== null && record[field] !== undefined)

const groupOf = ({ by }: Input): SQL => sql`json_array(${commas(by.map(name))})`

const keyIn = ({ of }: Input, keys: string): SQL =>
  sql`(${commas(of.key.map(name))}) IN (SELECT ${commas(of.key.map((_, i) => item(i)))} FROM json_each(${keys}))`
