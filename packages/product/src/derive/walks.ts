/**
 * Walks: keys that must be built anew and are too many for one transaction are found a few at a time, in the order of a
 * table's primary key. Rows that come behind a walk make their keys dirty themselves.
 */
import type { Contract } from '@meshloop/contract'
import { chunksOf, jsonChunks } from '../store/json-chunks.ts'
import { and, commas, item, name, sql, type Bindable, type SQL } from '../store/sql.ts'
import { sqlType } from '../table/tables.ts'
import { isWhole, type Derivation, type Followed } from './derivation.ts'
import { BEGINNING, groupOf, mark, walkedBy, type Walk } from './marking.ts'
import { mirroredFields, mirrorName } from './mirrored.ts'

/** Walks that share a step: most find a few rows. */
const AT_ONCE = 500

/** Where walking goes on: a row of `_progress` beside those of the inputs. */
const WALKED = '_walked'

/**
 * The walks that go on next: all through one table, by the same parts or fields; those after the ones that went on last,
 * then from the beginning: whatever comes in, each has its turn.
 */
export const nextWalks: SQL = (() => {
  const last = commas(
    [0, 1, 2].map(
      (i) =>
        sql`coalesce((SELECT json_extract(cursor, ${sql.raw(`'$[${i}]'`)}) FROM _progress WHERE name = ${WALKED}), '')`,
    ),
  )
  const first = (turn: number, where: SQL): SQL =>
    sql`SELECT * FROM (SELECT name, parts, value, ${turn} AS turn FROM _walks WHERE ${where} ORDER BY name, parts, value LIMIT 1)`
  return sql`SELECT w.name, w.parts, w.value, w.after, w.again
    FROM (${first(0, sql`(name, parts, value) > (${last})`)} UNION ALL ${first(1, sql`1`)} ORDER BY turn LIMIT 1) f
    CROSS JOIN _walks w ON w.name = f.name AND w.parts = f.parts AND w.value >= f.value
    ORDER BY w.value LIMIT ${AT_ONCE}`
})()

/** These walks, in order, in parts that a step can bind. */
export const walksAtOnce = (walks: readonly Walk[]): Walk[][] =>
  chunksOf(walks, ({ value, after }) => JSON.stringify([value, after]))

/** A row that walks came by: `walk` is the place of the walk among those given, `at` the row's own, `grp` what it makes dirty. */
export interface Passed {
  readonly walk: number
  readonly at: string
  readonly grp: string | null
}

/** The rows that these walks come by next, at most so many; nothing for walks through a table that the derivation no longer has. */
export function passedBy(derivation: Derivation, walks: readonly Walk[], rows: number): SQL | undefined {
  const walked = walkedTable(derivation, walks)
  if (!walked) return undefined
  const { of, by, columns } = walked
  const given = JSON.stringify(
    walks.map(({ value, after }) => [JSON.parse(value) as unknown, placeAfter(of, after)]),
  )
  const fixed = columns.map(
    (column, i) => sql`x.${name(column)} = json_extract(d.value, ${sql.raw(`'$[0][${i}]'`)})`,
  )
  const table = name(walked.table)
  const key = (alias: string): SQL => commas(of.key.map((field) => sql`${sql.raw(alias)}.${name(field)}`))
  const own = by.map((field) => sql`m.${name(field)}`)
  const living = walked.table === 'records' ? [sql`m._deleted = 0`] : []
  const next = sql`SELECT ${key('x')} FROM ${table} x WHERE ${and([...fixed, sql`(${key('x')}) > (${commas(of.key.map((_, i) => sql`json_extract(d.value, ${sql.raw(`'$[1][${i}]'`)})`))})`])}
    ORDER BY ${key('x')} LIMIT ${rows}`
  return sql`
    SELECT m._walk AS walk, ${groupOf(of.key.map((field) => sql`m.${name(field)}`))} AS at,
      CASE WHEN ${and([...own.map((value) => sql`${value} IS NOT NULL`), ...living])} THEN ${groupOf(own)} END AS grp
    FROM (SELECT d.key AS _walk, m.* FROM json_each(${given}) d CROSS JOIN ${table} m ON (${key('m')}) IN (${next}) LIMIT ${rows}) m
    ORDER BY m._walk, ${key('m')}`
}

/** The statements that let walks go on after the rows that they came by; `rows`: at most how many those are. */
export function goneOn(
  derivation: Derivation,
  walks: readonly Walk[],
  passed: readonly Passed[],
  rows: number,
): SQL[] {
  const last = passed.length < rows ? undefined : passed.at(-1)
  const cut = last?.walk ?? walks.length
  // All rows of a step are one walk's: they are its next ones. Else the walk that was cut comes first in the next step.
  const isAlone = last !== undefined && passed[0]?.walk === cut
  const went = walks.slice(0, isAlone ? cut + 1 : cut).map((walk, place) => {
    const after = place === cut ? last?.at : walk.again === 1 ? BEGINNING : undefined
    return { walk: [walk.name, walk.parts, walk.value], after }
  })
  const through = went.flatMap(({ walk, after }) => (after === undefined ? [walk] : []))
  const goOn = went.flatMap(({ walk, after }) => (after === undefined ? [] : [[...walk, after]]))
  const groups = new Set(passed.flatMap(({ walk, grp }) => (walk < cut || isAlone ? (grp ?? []) : [])))
  const found = jsonChunks([...groups].map((grp) => JSON.stringify(grp))).map(
    (chunk) => sql`SELECT value AS grp FROM json_each(${chunk})`,
  )
  const input = walkedTable(derivation, walks)?.input
  return [
    ...found.flatMap((some) =>
      input ? mark(derivation, input, some) : [sql`INSERT OR IGNORE INTO _dirty ${some}`],
    ),
    sql`DELETE FROM _walks WHERE (name, parts, value) IN (SELECT ${item(0)}, ${item(1)}, ${item(2)} FROM json_each(${JSON.stringify(through)}))`,
    sql`UPDATE _walks SET after = g.place, again = again AND g.place <> ${BEGINNING}
      FROM (SELECT ${item(0)} AS n, ${item(1)} AS p, ${item(2)} AS v, ${item(3)} AS place FROM json_each(${JSON.stringify(goOn)})) g
      WHERE (name, parts, value) = (g.n, g.p, g.v)`,
    sql`INSERT INTO _progress (name, cursor) VALUES (${WALKED}, ${JSON.stringify(went.at(-1)?.walk ?? [])})
      ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor`,
  ]
}

/** The values that a primary key is compared with: the least there are at the beginning. */
export const placeAfter = (of: Contract, after: string): readonly Bindable[] =>
  after === BEGINNING
    ? of.key.map((field) => (sqlType(of, field) === 'TEXT' ? '' : Number.MIN_SAFE_INTEGER))
    : (JSON.parse(after) as Bindable[]) // written by groupOf above

interface Walked {
  readonly table: string
  readonly of: Contract
  readonly by: readonly string[]
  /** None of `records`. */
  readonly input?: Followed
  readonly columns: readonly string[]
}

function walkedTable({ out, inputs }: Derivation, [walk]: readonly Walk[]): Walked | undefined {
  if (!walk) return undefined
  const { table, isByFields } = walkedBy(walk.name)
  const parts = walk.parts === '' ? [] : walk.parts.split(',')
  if (table === 'records') return { table, of: out, by: out.key, columns: parts }
  const input = Object.entries(inputs).find(([key]) => mirrorName(key) === table)?.[1]
  if (!input) return undefined
  const own = isByFields ? mirroredFields(input) : isWhole(out, input) ? out.key : []
  if (!parts.every((part) => own.includes(part))) return undefined
  const columns = isByFields ? parts : parts.map((part) => input.by[out.key.indexOf(part)] ?? part)
  return { table, of: input.of, by: input.by, input, columns }
}
