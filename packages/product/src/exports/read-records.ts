/** Reads a month's records out of the table, page by page, in the order of the index by which a month is found. */
import { fieldOf, type Contract } from '@meshloop/contract'
import { MAX_ARGUMENTS } from '../limits.ts'
import { and, commas, name, sql, statement, type SQL } from '../store/sql.ts'
import { inMonth } from './begin.ts'
import type { Stored } from './columns.ts'
import type { Rows } from './part.ts'

type Position = (string | number)[]

/** The next page of at most so many rows and, about, so many bytes, and the order values of its last record. */
export async function readRecords(
  db: D1Database,
  contract: Contract,
  { month, after }: { readonly month: string; readonly after: Position },
  most: { readonly rows: number; readonly bytes: number },
): Promise<{ readonly rows: Rows; readonly after: Position }> {
  const rows = await statement(db, pageOf(contract, month, after, most)).raw<Stored[]>()
  const names = Object.keys(contract.fields)
  const last = rows.at(-1)
  // Of a living record none of them is null.
  return { rows, after: last ? orderOf(contract).map((field) => last[names.indexOf(field)] ?? '') : after }
}

/** Event time, and the rest of the key: the order of the index by which a month is found. */
const orderOf = ({ key, eventTime }: Contract): string[] => [
  eventTime,
  ...key.filter((field) => field !== eventTime),
]

function pageOf(
  contract: Contract,
  month: string,
  after: readonly Stored[],
  { rows, bytes }: { readonly rows: number; readonly bytes: number },
): SQL {
  const order = commas(orderOf(contract).map(name))
  const conditions = [
    inMonth(name(contract.eventTime), month),
    sql`_deleted = 0`,
    ...(after.length === 0 ? [] : [sql`(${order}) > (${commas(after.map((value) => sql`${value}`))})`]),
  ]
  const fields = commas(Object.keys(contract.fields).map(name))
  const length = lengthOf(contract)
  const page = (more: SQL): SQL =>
    sql`SELECT ${fields}${more} FROM records WHERE ${and(conditions)} ORDER BY ${order} LIMIT ${rows}`
  if (!length) return page(sql``)
  return sql`SELECT ${fields} FROM (
    SELECT *, sum(_length) OVER (ORDER BY ${order} ROWS UNBOUNDED PRECEDING) - _length AS _before
    FROM (${page(sql`, ${length} AS _length`)})) WHERE _before < ${bytes} ORDER BY ${order}`
}

/** How long a record is, about; undefined where no field of the contract is long. In lists, since a long sum is too deep for D1. */
function lengthOf(contract: Contract): SQL | undefined {
  const long = Object.keys(contract.fields).filter((field) =>
    ['text', 'list', 'struct'].includes(fieldOf(contract, field).kind),
  )
  const lists = Array.from({ length: Math.ceil(long.length / MAX_ARGUMENTS) }, (_, i) =>
    long.slice(i * MAX_ARGUMENTS, (i + 1) * MAX_ARGUMENTS),
  )
  if (lists.length === 0) return undefined
  return sql.join(
    lists.map((list) => sql`length(json_array(${commas(list.map(name))}))`),
    sql` + `,
  )
}
