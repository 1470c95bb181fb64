/**
 * How the records of a major are read from the table. The newest major's stand there as they are. An older major's are
 * the same rows under its own names and values: a subquery in FROM, which SQLite flattens into the query around it, so
 * that a renamed column is found by its index and no row is read that the newest major would not read. Only an order by
 * values that sort otherwise than the stored ones has no index: it reads all that matches.
 */
import type { View } from '@meshloop/access/claims'
import {
  filterable,
  groupingOf,
  projected,
  type Contract,
  type ProjectedField,
  type Rollup,
} from '@meshloop/contract'
import { MAX_COLUMNS } from '../limits.ts'
import { pathsOf } from '../plan/paths.ts'
import type { PlannedTable } from '../plan/plan.ts'
import { commas, literal, name, sql, type SQL } from '../store/sql.ts'
import { arrivalOf, sequencesOf } from '../table/levels.ts'
import type { Filter } from './condition.ts'
import type { Position } from './cursor.ts'
import type { SortField } from './keyset.ts'
import { EVERY_CHANGE, sequenceOf } from './sequence.ts'

/** The records of a major, and how conditions on them are said so that the table's indexes serve. */
export interface StoredRecords {
  /** What stands in FROM; its columns are the major's fields, the sequences and `_deleted`. */
  readonly from: SQL
  /** The same, read by the index of this name. */
  readonly fromBy: (index: string | undefined) => SQL
  /** What indexes there are to choose from. */
  readonly table: PlannedTable
  /** The column of the table that has the values of one in FROM; undefined where none has. */
  readonly column: (inFrom: string) => string | undefined
  readonly filters: (filters: readonly Filter[]) => readonly Filter[]
  /** An order and a position in it. Fields that all records have alike order nothing and are left out. */
  readonly place: (order: readonly SortField[], position: Position | undefined) => Place
  /** The sequence that a view's changes are followed by: see {@link sequenceOf}. */
  readonly sequence: (view: View) => string | undefined
  /** The column by which records stand in the order in which they came. */
  readonly arrival: string
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
  fromBy: recordsBy,
  table: { contract, paths: pathsOf(contract) },
  column: (inFrom) => inFrom,
  filters: (filters) => filters,
  place: (order, position) => ({ order, position }),
  sequence: (view) => sequenceOf(contract, view, contract, (field) => field),
  arrival: arrivalOf(contract)?.column ?? EVERY_CHANGE,
  rollups: contract.rollups ?? [],
})

/** The records of an older major, read from those of the newest: `findProjectionProblems` found none. */
export function projectedRecords(older: Contract, newest: Contract): StoredRecords {
  const { projects } = older
  if (!projects) return ownRecords(older)
  const sources = new Map(Object.keys(older.fields).map((field) => [field, projected(projects, field)]))
  const sequences = [EVERY_CHANGE, ...sequencesOf(newest).map(({ column }) => column)]
  const others = [...sequences, '_deleted']
  const mapped = mappedFields(older, newest, sources, MAX_COLUMNS - sources.size - others.length)
  const fromBy = (index: string | undefined): SQL => projectedTable(sources, mapped, others, index)
  return {
    from: fromBy(undefined),
    fromBy,
    table: { contract: newest, paths: pathsOf(newest) },
    column: (inFrom) => columnOf(inFrom, sources, mapped),
    filters: (filters) => filters.map((filter) => storedFilter(filter, mapped)),
    place: (order, position) => storedPlace(order, position, sources, mapped),
    sequence: (view) => sequenceOf(older, view, newest, (field) => sourceOf(sources, field)),
    arrival: arrivalOf(newest)?.column ?? EVERY_CHANGE,
    rollups: (older.rollups ?? []).filter((rollup) => isKept(rollup, older, newest, sources)),
  }
}

type Sources = ReadonlyMap<string, ProjectedField>

/** A field whose values are others than the stored ones, and may be filtered and sorted by. */
interface MappedField {
  /** The column of the stored values; no field is called so. */
  readonly column: string
  /** The older value of each stored one. */
  readonly values: readonly MappedValue[]
  /** Stored values sort as the older ones do. */
  readonly isInOrder: boolean
}

interface MappedValue {
  readonly stored: string
  readonly value: string
}

type MappedFields = ReadonlyMap<string, MappedField>

function sourceOf(sources: Sources, field: string): string | undefined {
  const source = sources.get(field)
  return source && 'from' in source ? source.from : undefined
}

function columnOf(inFrom: string, sources: Sources, mapped: MappedFields): string | undefined {
  const of = [...mapped].find(([, { column }]) => column === inFrom)?.[0]
  if (of !== undefined) return sourceOf(sources, of)
  const source = sources.get(inFrom)
  return source && 'from' in source && !source.values ? source.from : undefined
}

function mappedFields(
  older: Contract,
  newest: Contract,
  sources: Sources,
  columnsLeft: number,
): MappedFields {
  const all = filterable(older).flatMap((field) => {
    const source = sources.get(field)
    if (!source || !('from' in source) || !source.values) return []
    const map = new Map(Object.entries(source.values))
    const values = (newest.fields[source.from]?.values ?? []).map((stored) => ({
      stored,
      value: map.get(stored) ?? stored,
    }))
    return [[field, { column: `_from_${field}`, values, isInOrder: isInOrder(values) }] as const]
  })
  // Without its column a field is compared by its older values: right, but by no index.
  return new Map(all.slice(0, Math.max(0, columnsLeft)))
}

function isInOrder(values: readonly MappedValue[]): boolean {
  const sorted = values.toSorted((a, b) => (a.stored < b.stored ? -1 : 1))
  // Only ASCII texts are ordered alike by JavaScript and SQLite.
  return (
    sorted.every(({ stored, value }) => /^[\x20-\x7e]*$/.test(stored + value)) &&
    sorted.every(({ value }, index) => index === 0 || (sorted[index - 1]?.value ?? '') < value)
  )
}

const recordsBy = (index: string | undefined): SQL =>
  index === undefined ? sql`records` : sql`records INDEXED BY ${name(index)}`

function projectedTable(
  sources: Sources,
  mapped: MappedFields,
  others: readonly string[],
  index: string | undefined,
): SQL {
  const columns = [...sources].flatMap(([field, source]) => {
    const own = sql`${valueOf(source)} AS ${name(field)}`
    const stored = mapped.get(field)
    return stored && 'from' in source ? [own, sql`${name(source.from)} AS ${name(stored.column)}`] : [own]
  })
  return sql`(SELECT ${commas([...columns, ...others.map(name)])} FROM ${recordsBy(index)}) AS records`
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
function storedFilter(filter: Filter, mapped: MappedFields): Filter {
  const field = mapped.get(filter.field)
  if (!field) return filter
  if (filter.op === 'null') return { ...filter, field: field.column }
  if (filter.op !== 'eq' && filter.op !== 'in') return filter
  const wanted: readonly unknown[] = filter.op === 'in' ? filter.value : [filter.value]
  const value = field.values.flatMap((each) => (wanted.includes(each.value) ? [each.stored] : []))
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
    if (!field?.isInOrder) return [{ sortField, value }]
    const stored = field.values.find((each) => each.value === value)?.stored ?? value
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
    rollup.by.every((each) => isSame(groupingOf(each).field)) &&
    rollup.measures.every((measure) => {
      const before = older.measures?.[measure]
      const now = newest.measures?.[measure]
      if (!before || !now || !kept.measures.includes(measure)) return false
      if ('sum' in before) return 'sum' in now && before.sum === now.sum && isSame(before.sum)
      return 'count' in before && 'count' in now
    })
  )
}
