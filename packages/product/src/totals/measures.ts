/** Measures as SQL, over records or over totals of them that are kept. */
import type { Contract, Measure, Rollup } from '@meshloop/contract'
import { sumOf } from '../store/rollups.ts'
import { name, sql, type SQL } from '../store/sql.ts'

/** A measure of the records of a group. Null where there is nothing to divide, and no least or greatest. */
export function totalOf(contract: Contract, measure: string): SQL {
  const definition = contract.measures?.[measure]
  if (!definition || 'count' in definition) return sql`count(*)`
  if ('sum' in definition) return sumOf(contract, definition.sum, name(definition.sum))
  if ('distinct' in definition) return sql`count(DISTINCT ${name(definition.distinct)})`
  if ('average' in definition) return sql`avg(${name(definition.average)})`
  if ('min' in definition) return sql`min(${name(definition.min)})`
  if ('max' in definition) return sql`max(${name(definition.max)})`
  return quotient(definition.ratio.map((part) => totalOf(contract, part)))
}

/** A measure of a group's totals in a rollup, whose groups are as fine or finer; undefined where it does not follow from them. */
export function totalOfKept(contract: Contract, rollup: Rollup, measure: string): SQL | undefined {
  const definition = contract.measures?.[measure]
  if (!definition || 'distinct' in definition || 'min' in definition || 'max' in definition) return undefined
  if ('count' in definition)
    return sql`CAST(total(${name(rollup.measures.includes(measure) ? measure : '_n')}) AS INTEGER)`
  if ('sum' in definition) {
    const kept = keptSum(contract, rollup, definition.sum)
    return kept === undefined ? undefined : sumOf(contract, definition.sum, name(kept))
  }
  if ('average' in definition) {
    const kept = keptSum(contract, rollup, definition.average)
    // How many records have a value is not kept.
    return kept !== undefined && countsAll(contract, definition)
      ? sql`total(${name(kept)}) / sum(_n)`
      : undefined
  }
  const parts = definition.ratio.flatMap((part) => totalOfKept(contract, rollup, part) ?? [])
  return parts.length === 2 ? quotient(parts) : undefined
}

/**
 * Whether a measure is a sum over records, or one such sum divided by another: what counts in whole blocks then is told in whole
 * blocks. A least is one record's value, and so may be an average of values that not all records have.
 */
export function isOfSums(contract: Contract, measure: Measure): boolean {
  if ('average' in measure) return countsAll(contract, measure)
  if (!('ratio' in measure)) return !('min' in measure || 'max' in measure)
  return measure.ratio.every((name) => {
    const part = contract.measures?.[name]
    return part !== undefined && ('count' in part || 'sum' in part)
  })
}

const countsAll = ({ fields }: Contract, { average }: { readonly average: string }): boolean =>
  fields[average]?.nullable === false

/** The kept measure that sums this field. */
const keptSum = ({ measures = {} }: Contract, rollup: Rollup, field: string): string | undefined =>
  rollup.measures.find((kept) => {
    const measure = measures[kept]
    return measure && 'sum' in measure && measure.sum === field
  })

/** SQLite divides by 0 into null. */
const quotient = ([above = sql`NULL`, below = sql`NULL`]: readonly SQL[]): SQL =>
  sql`CAST(${above} AS REAL) / ${below}`
