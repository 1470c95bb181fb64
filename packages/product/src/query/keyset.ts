/** Keyset pages: the records after a position in a sort order, stable while others are written. */
import type { View } from '@meshloop/access/claims'
import { fieldOf, type Contract } from '@meshloop/contract'
import { pinsOf } from '../plan/shares.ts'
import { and, commas, name, sql, type SQL } from '../store/sql.ts'
import type { Bounded, Filter } from './condition.ts'
import type { Position } from './cursor.ts'
import { filterableFields, showsKey } from './visible.ts'

/** One field of a sort order. */
export interface SortField {
  readonly field: string
  readonly descending: boolean
  /** Whether some records may have no value: SQLite sorts those before all others. */
  readonly nullable: boolean
}

/**
 * The order of `sort=-placed_at,status`, made total by the key at its end, which goes in the direction of the field before it:
 * so an index of that field, or of several, has it as it stands. Where the view hides the key nothing hidden may
 * decide, neither the key nor when something was written: the order goes on by a field with an index that the view shows,
 * by the event time if it does, and `records.ts` puts those that are equal there in the order of what is shown of them.
 */
export function sortOrder(contract: Contract, sort: readonly string[], view: View): SortField[] {
  const asked = sort.map((text) => {
    const field = text.replace(/^-/, '')
    return { field, descending: text.startsWith('-'), nullable: fieldOf(contract, field).nullable }
  })
  const last = showsKey(contract, view) ? contract.key : firstShown(contract, view)
  const rest = last.filter((field) => asked.every((s) => s.field !== field))
  const descending = asked.at(-1)?.descending ?? false
  return [
    ...asked,
    ...rest.map((field) => ({ field, descending, nullable: fieldOf(contract, field).nullable })),
  ]
}

function firstShown(contract: Contract, view: View): string[] {
  const shown = filterableFields(contract, view)
  return shown.includes(contract.eventTime) ? [contract.eventTime] : shown.slice(0, 1)
}

/** The terms of ORDER BY. */
export const orderBy = (order: readonly SortField[]): SQL[] =>
  order.map(({ field, descending }) => sql`${name(field)} ${sql.raw(descending ? 'DESC' : 'ASC')}`)

/**
 * An order and a position in it, by what filters say of its fields: one with a single value orders nothing, and an index has it in
 * front; of one that is compared no record is without a value.
 */
export function narrowedOrder(
  order: readonly SortField[],
  position: Position | undefined,
  filters: readonly Filter[],
): { readonly order: readonly SortField[]; readonly position: Position | undefined } {
  const pinned = new Set(filters.flatMap((filter) => (pinsOf(filter) === 1 ? [filter.field] : [])))
  const present = new Set(filters.flatMap((filter) => (isOfValues(filter) ? [filter.field] : [])))
  const isOpen = (_: unknown, index: number): boolean => !pinned.has(order[index]?.field ?? '')
  return {
    order: order
      .filter(isOpen)
      .map((each) => ({ ...each, nullable: each.nullable && !present.has(each.field) })),
    position: position?.slice(0, order.length).filter(isOpen),
  }
}

const isOfValues = ({ op, value }: Filter): boolean => op !== 'not' && (op !== 'null' || !value)

/** What a position bounds: the first field of its order. */
export const boundedBy = ({ field, descending }: SortField): Bounded => ({
  field,
  side: descending ? 'above' : 'below',
})

/**
 * The records after the position: those that are behind in the first field that differs; with `orAt` those that are equal in
 * all fields too. Each field binds two values, the first one three: a sort by every field of a contract stays below D1's 100.
 */
export function after(order: readonly SortField[], position: Position, orAt = false): SQL {
  const [first] = order
  if (!first) return orAt ? sql`1` : sql`0`
  if (isOneStep(order, position)) return oneStep(order, position, orAt)
  const isFurther = order.reduceRight<SQL | undefined>(
    (rest, sortField, index) => {
      const value = position[index] ?? null
      const further = behind(sortField, value)
      return rest ? sql`(${further} OR (${name(sortField.field)} IS ${value} AND ${rest}))` : further
    },
    orAt ? sql`1` : undefined,
  )
  return and([...from(first, position[0] ?? null), ...(isFurther ? [isFurther] : [])])
}

/** Rows of values compare as an index orders them; where a value is missing, a row of them compares with nothing. */
const isOneStep = (order: readonly SortField[], position: Position): boolean =>
  order.every(
    ({ descending, nullable }, i) =>
      descending === order[0]?.descending && (position[i] ?? null) !== null && !(descending && nullable),
  )

function oneStep(order: readonly SortField[], position: Position, orAt: boolean): SQL {
  const fields = commas(order.map(({ field }) => name(field)))
  const values = commas(order.map((_, i) => sql`${position[i] ?? null}`))
  const sign = sql.raw(`${order[0]?.descending ? '<' : '>'}${orAt ? '=' : ''}`)
  return order.length === 1 ? sql`${fields} ${sign} ${values}` : sql`(${fields}) ${sign} (${values})`
}

/**
 * What holds for every record from the position on, said by itself: with it the index of the first field is entered at
 * the position; without it each page would read all pages before it.
 */
function from({ field, descending, nullable }: SortField, value: Position[number]): SQL[] {
  if (value === null || (descending && nullable)) return []
  return [descending ? sql`${name(field)} <= ${value}` : sql`${name(field)} >= ${value}`]
}

function behind({ field, descending, nullable }: SortField, value: Position[number]): SQL {
  const column = name(field)
  if (!descending) return value === null ? sql`${column} IS NOT NULL` : sql`${column} > ${value}`
  if (value === null) return sql`0`
  return nullable ? sql`(${column} < ${value} OR ${column} IS NULL)` : sql`${column} < ${value}`
}
