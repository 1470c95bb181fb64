/** Keyset pages: the records after a position in a sort order, stable while others are written. */
import type { Contract } from '@meshloop/contract'
import { and, name, sql, type SQL } from '../store/sql.ts'
import type { Position } from './cursor.ts'

/** One field of a sort order. */
export interface SortField {
  readonly field: string
  readonly descending: boolean
}

/** The order of `sort=-placed_at,status`, made total by the key at its end. */
export function sortOrder(contract: Contract, sort: readonly string[]): SortField[] {
  const asked = sort.map((text) => ({ field: text.replace(/^-/, ''), descending: text.startsWith('-') }))
  const rest = contract.key.filter((field) => asked.every((s) => s.field !== field))
  return [...asked, ...rest.map((field) => ({ field, descending: false }))]
}

/** The terms of ORDER BY. */
export const orderBy = (order: readonly SortField[]): SQL =>
  sql.join(
    order.map(({ field, descending }) => sql`${name(field)} ${sql.raw(descending ? 'DESC' : 'ASC')}`),
    sql`, `,
  )

/** The records after the position: those that are behind in the first field that differs. SQLite sorts nulls first. */
export function after(order: readonly SortField[], position: Position): SQL {
  const steps = order.map((sortField, index) =>
    and([
      ...order.slice(0, index).map(({ field }, i) => sql`${name(field)} IS ${position[i] ?? null}`),
      behind(sortField, position[index] ?? null),
    ]),
  )
  return sql`(${sql.join(
    steps.map((step) => sql`(${step})`),
    sql` OR `,
  )})`
}

function behind({ field, descending }: SortField, value: Position[number]): SQL {
  const column = name(field)
  if (!descending) return value === null ? sql`${column} IS NOT NULL` : sql`${column} > ${value}`
  return value === null ? sql`0` : sql`(${column} < ${value} OR ${column} IS NULL)`
}
