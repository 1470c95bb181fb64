/**
 * The contract's measures by its dimensions. A kept rollup answers where it can; else the records are counted. Where persons
 * are protected they always are: a rollup does not know whom its records are about.
 */
import type { View } from '@meshloop/access/claims'
import type { Contract, Rollup } from '@meshloop/contract'
import { standing, type Standing } from '../store/state.ts'
import { and, commas, name, sql, statement, type SQL } from '../store/sql.ts'
import { sumOf, totalOf } from '../store/write-rows.ts'
import { rollupName } from '../table/tables.ts'
import { countedRecords } from '../totals/counted.ts'
import type { Protection } from '../totals/protection.ts'
import { condition, type Filter } from './condition.ts'
import { standingOf, type Reader } from './records.ts'
import { jsonObject, valueJson } from './record-json.ts'
import { ownRecords, type StoredRecords } from './stored.ts'
import { currencyOf, fieldsOfMeasure, shownRows } from './visible.ts'

/** What is asked for: names of measures and dimensions of the contract. */
export interface AggregateQuery {
  readonly measures: readonly string[]
  readonly by: readonly string[]
  readonly filters: readonly Filter[]
  readonly limit: number
  /** Its `by` and filters are then by the protection's. */
  readonly protection?: Protection | undefined
}

/** The answer of one statement. */
export interface Aggregate {
  readonly standing: Standing
  /** Groups as JSON texts: dimensions and measures by name. */
  readonly groups: readonly string[]
  /** True when there are more groups than the limit. */
  readonly truncated: boolean
}

/** Measures of what the view shows, grouped; sums of money are grouped by their currency as well. */
export async function readAggregate(
  { db, contract, expected, stored = ownRecords(contract) }: Reader,
  view: View,
  query: AggregateQuery,
): Promise<Aggregate> {
  const by = withCurrencies(contract, query)
  const rollup =
    view.columns === null && view.rows.length === 0 && !query.protection
      ? rollupFor(stored, { ...query, by })
      : undefined
  const groups = rollup
    ? fromRollup(contract, rollup, { ...query, by })
    : fromRecords(contract, stored, view, { ...query, by })
  const { results } = await statement(
    db,
    sql`SELECT ${standing(expected)}, g.* FROM (SELECT 1) LEFT JOIN (${groups} LIMIT ${query.limit + 1}) AS g ON true`,
  ).all<Standing & { _group: string | null }>()
  const texts = results.flatMap(({ _group }) => (_group === null ? [] : [_group]))
  return {
    standing: standingOf(results[0]),
    groups: texts.slice(0, query.limit),
    truncated: texts.length > query.limit,
  }
}

function withCurrencies(contract: Contract, { measures, by }: AggregateQuery): string[] {
  const currencies = measures.flatMap((measure) => {
    const definition = contract.measures?.[measure]
    return definition && 'sum' in definition ? (currencyOf(contract, definition.sum) ?? []) : []
  })
  return [...new Set([...by, ...currencies])]
}

/** The rollup that has every dimension and measure that is asked for; the smallest, if there are several. */
function rollupFor(
  { rollups }: StoredRecords,
  { measures, by, filters }: AggregateQuery,
): Rollup | undefined {
  const needed = [...by, ...filters.map(({ field }) => field)]
  return rollups
    .filter(
      (rollup) =>
        needed.every((field) => rollup.by.includes(field)) &&
        measures.every((measure) => rollup.measures.includes(measure)),
    )
    .toSorted((a, b) => a.by.length - b.by.length)[0]
}

function fromRecords(
  contract: Contract,
  stored: StoredRecords,
  view: View,
  { measures, by, filters, protection }: AggregateQuery,
): SQL {
  const values = [
    ...by.map((field) => ({ member: field, value: valueJson(contract, field) })),
    ...measures.map((measure) => ({ member: measure, value: totalOf(contract, measure) })),
  ]
  const { from } = stored
  const where = and(shownRows(stored.filters([...view.rows, ...filters])))
  if (!protection)
    return sql`SELECT ${jsonObject(values)} AS _group FROM ${from} WHERE ${where} ${grouping(by)}`
  const fields = measures.flatMap((measure) => fieldsOfTotal(contract, measure))
  const counted = countedRecords(protection, { from, where, fields, arrival: stored.arrival })
  return sql`SELECT ${jsonObject(values)} AS _group FROM ${counted} ${grouping(by)}`
}

function fieldsOfTotal(contract: Contract, measure: string): string[] {
  const definition = contract.measures?.[measure]
  return definition ? fieldsOfMeasure(contract, definition) : []
}

/** Groups of a rollup are finer than, or as fine as, those that are asked for: totals of totals. */
function fromRollup(contract: Contract, rollup: Rollup, { measures, by, filters }: AggregateQuery): SQL {
  const dimensions = rollup.by.map(
    (field, i) => sql`json_extract(grp, ${sql.raw(`'$[${i}]'`)}) AS ${name(field)}`,
  )
  const values = [
    ...by.map((field) => ({ member: field, value: valueJson(contract, field) })),
    ...measures.map((measure) => ({ member: measure, value: totalOfTotals(contract, measure) })),
  ]
  return sql`
    SELECT ${jsonObject(values)} AS _group
    FROM (SELECT ${commas(dimensions)}, ${commas(rollup.measures.map(name))} FROM ${name(rollupName(rollup.by))} WHERE _n > 0)
    WHERE ${and(filters.map(condition))} ${grouping(by)}`
}

function totalOfTotals(contract: Contract, measure: string): SQL {
  const definition = contract.measures?.[measure]
  return definition && 'sum' in definition
    ? sumOf(contract, definition.sum, name(measure))
    : sql`sum(${name(measure)})`
}

const grouping = (by: readonly string[]): SQL =>
  by.length === 0 ? sql`` : sql`GROUP BY ${commas(by.map(name))} ORDER BY ${commas(by.map(name))}`
