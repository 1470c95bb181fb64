/**
 * Walks: keys that must be built anew and are too many for one transaction are found a few at a time, in the order of a
 * table's primary key. Rows that come behind a walk make their keys dirty themselves.
 */
import type { Contract } from '@meshloop/contract'
import { and, commas, name, sql, type SQL } from '../store/sql.ts'
import { sqlType } from '../table/tables.ts'
import { isWhole, type Derivation } from './derivation.ts'
import { mirrorName } from './mirrored.ts'

/** Where a walk begins. */
export const BEGINNING = ''

/** A walk as it stands: see the table `_walks`. */
export interface Walk {
  readonly name: string
  readonly parts: string
  readonly value: string
  readonly after: string
  readonly again: 0 | 1
}

/** Rows that one step looks at. */
const STEP_ROWS = 1_000
/** Walks that share a step. */
const AT_ONCE = 50

/** The walks that go on next: all through one table, by the same parts of the key. */
export const nextWalks: SQL = sql`
  SELECT name, parts, value, after, again FROM _walks
  WHERE (name, parts) = (SELECT name, parts FROM _walks ORDER BY name, parts LIMIT 1) LIMIT ${AT_ONCE}`

/**
 * Begins walks: `from` selects name, parts and value. One that is under way goes on to its end first: begun anew with every
 * change, it would never get there where changes come faster than it walks.
 */
export const beginWalks = (from: SQL): SQL => sql`
  INSERT INTO _walks (name, parts, value, after, again) SELECT w.*, ${BEGINNING}, 0 FROM (${from}) w WHERE true
  ON CONFLICT (name, parts, value) DO UPDATE SET again = after <> ${BEGINNING}`

/** The statements after which every record is built anew, those that are no more included. */
export const walkAll = ({ out, inputs }: Derivation): SQL[] => {
  const whole = Object.entries(inputs).flatMap(([key, input]) =>
    isWhole(out, input) ? [mirrorName(key)] : [],
  )
  return ['records', ...whole].map((table) => beginWalks(sql`SELECT ${table}, '', '[]'`))
}

/** A row that walks came by: `walk` is the place of the walk among those given, `at` the row's own, `grp` what it makes dirty. */
export interface Passed {
  readonly walk: number
  readonly at: string
  readonly grp: string | null
}

/** The rows that these walks come by next; nothing for walks through a table that the derivation no longer has. */
export function passedBy(derivation: Derivation, walks: readonly Walk[], rows = STEP_ROWS): SQL | undefined {
  const [first] = walks
  const walked = first && walkedTable(derivation, first.name)
  if (!walked) return undefined
  const { of, by } = walked
  const parts = first.parts === '' ? [] : first.parts.split(',')
  const given = JSON.stringify(
    walks.map(({ value, after }) => [JSON.parse(value) as unknown, placeAfter(of, after)]),
  )
  const fixed = parts.map(
    (part, i) =>
      sql`x.${name(by[derivation.out.key.indexOf(part)] ?? part)} = json_extract(d.value, ${sql.raw(`'$[0][${i}]'`)})`,
  )
  const table = name(first.name)
  const key = (alias: string): SQL => commas(of.key.map((field) => sql`${sql.raw(alias)}.${name(field)}`))
  const own = by.map((field) => sql`m.${name(field)}`)
  const living = first.name === 'records' ? [sql`m._deleted = 0`] : []
  const next = sql`SELECT ${key('x')} FROM ${table} x WHERE ${and([...fixed, sql`(${key('x')}) > (${commas(of.key.map((_, i) => sql`json_extract(d.value, ${sql.raw(`'$[1][${i}]'`)})`))})`])}
    ORDER BY ${key('x')} LIMIT ${Math.max(1, Math.floor(rows / walks.length))}`
  return sql`
    SELECT d.key AS walk, json_array(${key('m')}) AS at,
      CASE WHEN ${and([...own.map((value) => sql`${value} IS NOT NULL`), ...living])} THEN json_array(${commas(own)}) END AS grp
    FROM json_each(${given}) d CROSS JOIN ${table} m ON (${key('m')}) IN (${next}) ORDER BY d.key, ${key('m')}`
}

/** The statements that let walks go on after the rows that they came by. */
export function goneOn(walks: readonly Walk[], passed: readonly Passed[], rows = STEP_ROWS): SQL[] {
  const share = Math.max(1, Math.floor(rows / Math.max(1, walks.length)))
  const own = Map.groupBy(passed, ({ walk }) => walk)
  const moved = walks.map((walk, index) => {
    const last = (own.get(index) ?? []).length < share ? undefined : own.get(index)?.at(-1)
    return { walk, after: last?.at ?? (walk.again === 1 ? BEGINNING : undefined) }
  })
  const isOne = sql`(name, parts, value) IN (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]') FROM json_each(${JSON.stringify(
    moved.flatMap(({ walk, after }) => (after === undefined ? [[walk.name, walk.parts, walk.value]] : [])),
  )}))`
  const groups = [...new Set(passed.flatMap(({ grp }) => grp ?? []))]
  return [
    sql`INSERT OR IGNORE INTO _dirty SELECT value FROM json_each(${JSON.stringify(groups)})`,
    sql`DELETE FROM _walks WHERE ${isOne}`,
    ...moved.flatMap(({ walk, after }) =>
      after === undefined
        ? []
        : [
            sql`UPDATE _walks SET after = ${after}, again = again AND ${after} <> ${BEGINNING} WHERE name = ${walk.name} AND parts = ${walk.parts} AND value = ${walk.value}`,
          ],
    ),
  ]
}

/** The values that a primary key is compared with: the least there are at the beginning. */
export const placeAfter = (of: Contract, after: string): readonly unknown[] =>
  after === BEGINNING
    ? of.key.map((field) => (sqlType(of, field) === 'TEXT' ? '' : Number.MIN_SAFE_INTEGER))
    : (JSON.parse(after) as unknown[]) // written by json_array above

function walkedTable({ out, inputs }: Derivation, table: string) {
  if (table === 'records') return { of: out, by: out.key }
  return Object.entries(inputs).find(([key, input]) => mirrorName(key) === table && isWhole(out, input))?.[1]
}
