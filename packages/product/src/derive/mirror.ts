/** The mirror of an input: the declared fields of its records, kept in the derived database. */
import { jsonChunks } from '../store/json-chunks.ts'
import { isTooLongKey } from '../store/key-bytes.ts'
import { and, commas, item, name, sql, type SQL } from '../store/sql.ts'
import type { Rejected } from '../ingest/judge.ts'
import { storedValue, type Json } from '../store/stored-row.ts'
import { sqlType } from '../table/tables.ts'
import type { Derivation, Followed } from './derivation.ts'
import { groupOf, mark } from './marking.ts'
import { mirroredFields, mirrorName } from './mirrored.ts'

/** One change of an input's feed. */
export type Change =
  | { readonly op: 'upsert'; readonly record: Json }
  | { readonly op: 'delete'; readonly key: Json }

/** What is to be written to a mirror. */
export interface Page {
  readonly changes: readonly Change[]
  /** Of the filling: rows of an earlier one are gone from the input. */
  readonly life: number
  /** What its rows belong to is not marked. */
  readonly unmarked?: true
}

/** The statements that apply a page: the keys that rows leave and join become dirty, unless nothing of what is mirrored changed. */
export function applyChanges(derivation: Derivation, key: string, input: Followed, page: Page): SQL[] {
  const { of } = input
  const columns = mirroredFields(input)
  const fitting = page.changes.filter((change) => unfitness(input, change) === undefined)
  const kept = fitting.flatMap((change) =>
    change.op === 'upsert' && belongs(input, change.record) ? [change.record] : [],
  )
  const gone = fitting.flatMap((change) =>
    change.op === 'delete' ? [change.key] : belongs(input, change.record) ? [] : [change.record],
  )
  const rows = jsonChunks(
    kept.map((record) =>
      JSON.stringify(columns.map((field) => storedValue(of, field, record[field] ?? null))),
    ),
  )
  const keys = jsonChunks(gone.map((record) => JSON.stringify(of.key.map((field) => record[field]))))
  return [
    ...rows.flatMap((json) => upsert(derivation, key, input, json, page)),
    ...keys.flatMap((json) => removeRows(derivation, key, input, json, page)),
  ]
}

type Filling = Omit<Page, 'changes'>

function upsert(
  derivation: Derivation,
  key: string,
  input: Followed,
  json: string,
  { life, unmarked }: Filling,
): SQL[] {
  const { of, by } = input
  const columns = mirroredFields(input)
  const table = name(mirrorName(key))
  const given = (field: string): SQL =>
    sql`json_extract(r.value, ${sql.raw(`'$[${columns.indexOf(field)}]'`)})`
  const own = (field: string): SQL => sql`m.${name(field)}`
  const same = and(of.key.map((field) => sql`${own(field)} = ${given(field)}`))
  const differs = sql`(${commas(columns.map(own))}) IS NOT (${commas(columns.map(given))})`
  const written = [...columns, '_life']
  const changing = written.filter((field) => !of.key.includes(field))
  const marked = mark(
    derivation,
    input,
    sql`SELECT ${groupOf(by.map(own))} AS grp FROM json_each(${json}) r CROSS JOIN ${table} m ON ${same} WHERE ${differs} AND ${known(by.map(own))}
          UNION SELECT ${groupOf(by.map(given))} FROM json_each(${json}) r LEFT JOIN ${table} m ON ${same} WHERE ${differs}`,
  )
  return [
    ...(unmarked ? [] : marked),
    sql`INSERT INTO ${table} (${commas(written.map(name))}) SELECT ${commas([...columns.map((_, i) => item(i)), sql`${life}`])} FROM json_each(${json}) WHERE true
        ON CONFLICT (${commas(of.key.map(name))}) DO UPDATE SET ${commas(changing.map((v) => sql`${name(v)} = excluded.${name(v)}`))}
        WHERE (${commas(changing.map((v) => sql`${table}.${name(v)}`))}) IS NOT (${commas(changing.map((v) => sql`excluded.${name(v)}`))})`,
  ]
}

/** The statements that take rows out of a mirror. `keys` is a JSON array of their keys, as arrays. */
export function removeRows(
  derivation: Derivation,
  key: string,
  input: Followed,
  keys: string,
  { unmarked }: Pick<Page, 'unmarked'>,
): SQL[] {
  const { of, by } = input
  const where = sql`(${commas(of.key.map(name))}) IN (SELECT ${commas(of.key.map((_, i) => item(i)))} FROM json_each(${keys}))`
  const table = name(mirrorName(key))
  const marked = mark(
    derivation,
    input,
    sql`SELECT DISTINCT ${groupOf(by.map(name))} AS grp FROM ${table} WHERE ${where} AND ${known(by.map(name))}`,
  )
  return [...(unmarked ? [] : marked), sql`DELETE FROM ${table} WHERE ${where}`]
}

/**
 * The changes of a page that cannot stand in the mirror, with the reason: answers against the input's contract. They are left
 * out, and must be seen. Of a record there is what is mirrored and no more.
 */
export const unfitting = (input: Followed, changes: readonly Change[]): Rejected[] =>
  changes.flatMap((change, index) => {
    const field = unfitness(input, change)
    if (field === undefined) return []
    const holder = holderOf(change)
    const row = Object.fromEntries(
      mirroredFields(input).flatMap((each) => (each in holder ? [[each, holder[each]]] : [])),
    )
    const detail = 'not as the contract of the input says, or too long for a key; the row is left out'
    return [{ index, row, errors: [{ code: 'input_against_contract', field, detail }] }]
  })

/** The field because of which a change cannot stand in the mirror. */
function unfitness({ of, by }: Followed, change: Change): string | undefined {
  const holder = holderOf(change)
  const needed = change.op === 'upsert' ? [...of.key, of.eventTime] : of.key
  return (
    needed.find((field) => typeof holder[field] !== (sqlType(of, field) === 'TEXT' ? 'string' : 'number')) ??
    [...needed, ...by].find((field) => isMalformed(holder[field])) ??
    [of.key, by].find((fields) => isTooLongKey(fields.map((field) => holder[field])))?.[0]
  )
}

/** The database gives back another text than such a one: what is marked under it would never be found. */
const isMalformed = (value: unknown): boolean => typeof value === 'string' && !value.isWellFormed()

const holderOf = (change: Change): Json => (change.op === 'upsert' ? change.record : change.key)

const belongs = ({ by }: Followed, record: Json): boolean =>
  by.every((field) => typeof record[field] === 'string')

const known = (values: readonly SQL[]): SQL => and(values.map((value) => sql`${value} IS NOT NULL`))
