/**
 * How the records of a major are read from the table. The newest major's stand there as they are. An older major's are
 * the same rows under its own names and values: a subquery in FROM, which SQLite flattens into the query around it, so
 * that a renamed column is found by its index and no row is read that the newest major would not read.
 */
import type { RowFilter } from '@meshloop/access/claims'
import { filterable, projected, type Contract, type ProjectedField, type Rollup } from '@meshloop/contract'
import { MAX_COLUMNS } from '../limits.ts'
import { commas, literal, name, sql, type SQL } from '../store/sql.ts'
import type { Position } from './cursor.ts'
import type { SortField } from './keyset.ts'

/** The records of a major, and how conditions on them are said so that the table's indexes serve. */
export interface StoredRecords {
  /** What stands in FROM; its columns are the major's fields, `_seq` and `_deleted`. */
  readonly from: SQL
  readonly filters: (filters: readonly RowFilter[]) => readonly RowFilter[]
  /** An order and a position in it. Fields that all records have alike order nothing and are left out. */
  readonly place: (order: readonly SortField[], position: Position | undefined) => Place
  /** The totals that are kept of exactly these records. */
  readonly rollups: readonly Rollup[]
}

/** An order, and what the records of a page come after in it. */
export interface Place {
  readonly order: readonly SortField[]
  readonly position: Position | undefined
}

/** The records of the newest major. */
export const ownRecords = (contract: Contract): StoredRecords => ({
  from: sql`records`,
  filters: (filters) => filters,
  place: (order, position) => ({ order, position }),
  rollups: contract.rollups ?? [],
})

/** The records of an older major, read from those of the newest: `findProjectionProblems` found none. */
export function projectedRecords(older: Contract, newest: Contract): StoredRecords {
  const { projects } = older
  if (!projects) return ownRecords(older)
  const sources = new Map(Object.keys(older.fields).map((field) => [field, projected(projects, field)]))
  const mapped = mappedFields(older, sources)
  return {
    from: projectedTable(sources, mapped),
    filters: (filters) => filters.map((filter) => storedFilter(filter, mapped)),
    place: (order, position) => storedPlace(order, position, sources, mapped),
    rollups: (older.rollups ?? []).filter((rollup) => isKept(rollup, older, newest, sources)),
  }
}

type Sources = ReadonlyMap<string, ProjectedField>

/** A field whose values are others than the stored ones, and may be filtered and sorted by. */
interface MappedField {
  /** The column of the stored values; no field is called so. */
  readonly column: string
  /** Older values by stored value; a value that is left out is the same in both. */
  readonly values: ReadonlyMap<string, string>
  /** The stored value of each older one, where stored values sort as the older ones do. */
  readonly inOrder: ReadonlyMap<string, string> | undefined
}

type MappedFields = ReadonlyMap<string, MappedField>

function mappedFields(older: Contract, sources: Sources): MappedFields {
  const all = filterable(older).flatMap((field) => {
    const source = sources.get(field)
    if (!source || !('from' in source) || !source.values) return []
    const values = new Map(Object.entries(source.values))
    return [[field, { column: `_from_${field}`, values, inOrder: inOrder(older, field, values) }] as const]
  })
  // Beside the fields stand _seq and _deleted. Without its column a field is compared by its older values: right, but by no index.
  return new Map(all.slice(0, Math.max(0, MAX_COLUMNS - 2 - sources.size)))
}

/** Only among ASCII texts JavaScript and SQLite order alike. */
function inOrder(
  older: Contract,
  field: string,
  values: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> | undefined {
  const same = (older.fields[field]?.values ?? []).filter((value) => !values.has(value))
  const pairs = [...values, ...same.map((value) => [value, value] as const)].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  )
  const isAscii = pairs.flat().every((text) => /^[\x20-\x7e]*$/.test(text))
  const isOrdered = pairs.every(([, value], i) => i === 0 || (pairs[i - 1]?.[1] ?? '') < value)
  return isAscii && isOrdered ? new Map(pairs.map(([stored, value]) => [value, stored])) : undefined
}

function projectedTable(sources: Sources, mapped: MappedFields): SQL {
  const columns = [...sources].flatMap(([field, source]) => {
    const own = sql`${valueOf(source)} AS ${name(field)}`
    const stored = mapped.get(field)
    return stored && 'from' in source ? [own, sql`${name(source.from)} AS ${name(stored.column)}`] : [own]
  })
  return sql`(SELECT ${commas([...columns, sql`_seq`, sql`_deleted`])} FROM records) AS records`
}

/** Constants and values of enums are literals: they would not fit into D1's bound parameters. */
function valueOf(source: ProjectedField): SQL {
  if ('constant' in source) return literal(source.constant)
  const column = name(source.from)
  const cases = Object.entries(source.values ?? {}).map(
    ([stored, value]) => sql`WHEN ${literal(stored)} THEN ${literal(value)}`,
  )
  return cases.length === 0 ? column : sql`CASE ${column} ${sql.join(cases, sql` `)} ELSE ${column} END`
}

/** Compares stored values with stored values: the expression that makes the older ones has no index. */
function storedFilter(filter: RowFilter, mapped: MappedFields): RowFilter {
  const field = mapped.get(filter.field)
  if (!field || (filter.op !== 'eq' && filter.op !== 'in')) return filter
  const wanted = filter.op === 'in' ? filter.value : [filter.value]
  const stored = [...field.values].flatMap(([from, value]) => (wanted.includes(value) ? [from] : []))
  const same = wanted.filter((value) => !field.values.has(String(value)))
  const value = [...stored, ...same]
  const [only] = value
  return value.length === 1 && only !== undefined
    ? { field: field.column, op: 'eq', value: only }
    : { field: field.column, op: 'in', value }
}

function storedPlace(
  order: readonly SortField[],
  position: Position | undefined,
  sources: Sources,
  mapped: MappedFields,
): Place {
  const parts = order.flatMap((sortField, index) => {
    const source = sources.get(sortField.field)
    if (source && 'constant' in source) return []
    const field = mapped.get(sortField.field)
    const value = position?.[index] ?? null
    if (!field?.inOrder) return [{ sortField, value }]
    const stored = value === null ? null : (field.inOrder.get(String(value)) ?? value)
    return [{ sortField: { ...sortField, field: field.column }, value: stored }]
  })
  return {
    order: parts.map(({ sortField }) => sortField),
    position: position && parts.map(({ value }) => value),
  }
}

/** The newest major keeps the same totals by the same fields, and none of them has another name or other values here. */
function isKept(rollup: Rollup, older: Contract, newest: Contract, sources: Sources): boolean {
  const kept = newest.rollups?.find(({ by }) => by.join() === rollup.by.join())
  const isSame = (field: string): boolean => {
    const source = sources.get(field)
    return source !== undefined && 'from' in source && source.from === field && !source.values
  }
  return (
    kept !== undefined &&
    rollup.by.every(isSame) &&
    rollup.measures.every((measure) => {
      const before = older.measures?.[measure]
      const now = newest.measures?.[measure]
      if (!before || !now || !kept.measures.includes(measure)) return false
      if ('sum' in before) return 'sum' in now && before.sum === now.sum && isSame(before.sum)
      return 'count' in before && 'count' in now
    })
  )
}
