/** Groups as a statement: what each one tells, their order, and those after a position in it. */
import { groupingOf, type Contract } from '@meshloop/contract'
import { commas, name, sql, type SQL } from '../store/sql.ts'
import type { Kept } from '../totals/kept.ts'
import { totalOf } from '../totals/measures.ts'
import type { Position } from './cursor.ts'
import { jsonObject, valueJson } from './record-json.ts'

/** What is asked for, see `AggregateQuery`. */
interface Asked {
  readonly measures: readonly string[]
  readonly by: readonly string[]
  readonly sort?: readonly string[]
  readonly after?: Position | undefined
}

/** A statement of groups. */
export interface Groups {
  /** Columns `_group`, its JSON text, and `places`. */
  readonly groups: SQL
  /** Columns by which groups are in order: their values in a row are its position. None where there is one group. */
  readonly places: readonly string[]
}

/** The groups of what stands in FROM, after a position if there is one. */
export function groupsOf(
  contract: Contract,
  { measures, by, sort = [], after }: Asked,
  from: SQL,
  kept: Kept | undefined,
): Groups {
  const groups = new Map(by.map((each) => [each, kept ? kept.group(each) : name(each)]))
  const totals = new Map(measures.map((each) => [each, kept ? kept.total(each) : totalOf(contract, each)]))
  const members = [
    ...[...groups].map(([member, value]) => ({
      member,
      value: groupingOf(member).bucket === undefined ? valueJson(contract, member) : value,
    })),
    ...[...totals].map(([member, value]) => ({ member, value })),
  ]
  const group = sql`${jsonObject(members)} AS _group`
  if (groups.size === 0) return { groups: sql`SELECT ${group} FROM ${from}`, places: [] }
  const sorted = sort.map((each) => each.replace(/^-/, ''))
  const order = [
    ...sorted.map((each, i) => ({
      value: groups.get(each) ?? placeOf(contract, each, totals.get(each)),
      descending: sort[i] !== each,
    })),
    ...[...groups].flatMap(([each, value]) => (sorted.includes(each) ? [] : [{ value, descending: false }])),
  ]
  const places = order.map((_, i) => `_${i}`)
  const columns = order.map(({ value }, i) => sql`${value} AS ${name(`_${i}`)}`)
  const all = sql`SELECT ${commas([group, ...columns])} FROM ${from} GROUP BY ${commas([...groups.values()])}`
  const ordered = sql`ORDER BY ${commas(order.map(({ descending }, i) => sql`${name(`_${i}`)} ${sql.raw(descending ? 'DESC' : 'ASC')}`))}`
  if (!after) return { groups: sql`${all} ${ordered}`, places }
  const position = commas(order.map((_, i) => sql`${after[i] ?? null} AS ${name(`p${i}`)}`))
  return {
    groups: sql`SELECT g.* FROM (${all}) g CROSS JOIN (SELECT ${position}) p WHERE ${behind(order)} ${ordered}`,
    places,
  }
}

/**
 * What a group stands by. Sums as doubles, as a position has them: the greatest whole number of the database is none, and a
 * group with it would come after itself.
 */
function placeOf({ measures }: Contract, measure: string, total: SQL = sql`NULL`): SQL {
  const definition = measures?.[measure]
  return definition && 'sum' in definition ? sql`${total} + 0.0` : total
}

/** Whether group `g` comes after position `p`: behind in the first place that differs. Each value is bound once, as measures are many. */
function behind(order: readonly { readonly descending: boolean }[]): SQL {
  return order.reduceRight(
    (rest, { descending }, i) => {
      const [g, p] = [sql`g.${name(`_${i}`)}`, sql`p.${name(`p${i}`)}`]
      // SQLite sorts what is missing before all values.
      const further = descending
        ? sql`(${g} < ${p} OR (${g} IS NULL AND ${p} IS NOT NULL))`
        : sql`(${g} > ${p} OR (${g} IS NOT NULL AND ${p} IS NULL))`
      return sql`(${further} OR (${g} IS ${p} AND ${rest}))`
    },
    sql`0`,
  )
}
