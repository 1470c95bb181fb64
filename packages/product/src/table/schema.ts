/** The schema that a database has, and the statements that bring it to the one that a product needs. */
import { addColumn, createIndex, createTable, quote } from './ddl.ts'
import type { Seed } from '../store/rollups.ts'
import { fillSql, type Fill } from './fill.ts'
import { ARCHIVED } from './export-tables.ts'
import { isSequenceColumn } from './levels.ts'
import type { Column, Index, SqlType, Table } from './tables.ts'

export type { Seed } from '../store/rollups.ts'
export type { Fill } from './fill.ts'
export type { Table } from './tables.ts'
export { rollupSeeds } from '../store/rollups.ts'
export { createTable } from './ddl.ts'
export { tablesOf } from './tables.ts'

/** Runs one reading statement on the database: D1 in tests, node:sqlite on the command line. */
export type Query = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>

const OURS = `m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND m.name NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND m.name <> 'd1_migrations'`

/** The tables of the database. Checks of columns are not read. */
export async function readSchema(query: Query): Promise<Table[]> {
  const columns = await query(
    `SELECT m.name AS tbl, c.name, c.type, c."notnull" AS required, c.pk FROM sqlite_master m, pragma_table_info(m.name) c WHERE ${OURS} ORDER BY m.name, c.cid`,
  )
  const indexes = await query(
    `SELECT m.name AS tbl, i.name, i."unique" AS uniq, c.name AS col FROM sqlite_master m, pragma_index_list(m.name) i, pragma_index_info(i.name) c WHERE ${OURS} AND i.origin = 'c' ORDER BY i.name, c.seqno`,
  )
  return [...new Set(columns.map((row) => String(row['tbl'])))].map((name) => ({
    name,
    columns: columns.filter((row) => row['tbl'] === name).map(columnOf),
    indexes: indexesOf(indexes.filter((row) => row['tbl'] === name)),
  }))
}

const columnOf = (row: Readonly<Record<string, unknown>>): Column => ({
  name: String(row['name']),
  type: String(row['type']) as SqlType, // whatever it is, it is compared with ours
  notNull: row['required'] === 1,
  pk: Number(row['pk']),
})

const indexesOf = (rows: readonly Readonly<Record<string, unknown>>[]): Index[] =>
  [...new Set(rows.map((row) => String(row['name'])))].map((name) => {
    const own = rows.filter((row) => row['name'] === name)
    return { name, unique: own[0]?.['uniq'] === 1, columns: own.map((row) => String(row['col'])) }
  })

/** A change that no migration of ours can make: SQLite would have to rebuild the table. `code` is `migration_impossible`. */
export class MigrationError extends Error {
  readonly code = 'migration_impossible'
}

/** What is written into new columns and tables of a database that has records. */
export interface Filling {
  /** How new columns of `records` get the values that rows of an older major have under other names. */
  readonly fills: readonly Fill[]
  /** New columns that stay empty: their records are sent again. */
  readonly leftEmpty: readonly string[]
  /** How new rollups get the totals of the records that are there. */
  readonly seeds: readonly Seed[]
}

/**
 * The statements that bring `existing` to `wanted`, without semicolons; none when it is there.
 * Columns that are no longer wanted stay: nothing is lost.
 *
 * @throws {MigrationError} when a column's type, key or NOT NULL would have to change, a new column's values cannot
 *   be told from those of the older major, or records that left D1 would be forgotten.
 */
export function migration(
  wanted: readonly Table[],
  existing: readonly Table[],
  filling: Filling = { fills: [], leftEmpty: [], seeds: [] },
): string[] {
  const isThere = (table: string): boolean => existing.some(({ name }) => name === table)
  const hasRecords = isThere('records')
  if (isThere(ARCHIVED) && !wanted.some(({ name }) => name === ARCHIVED))
    throw new MigrationError(
      'Records have left this database for bulk files, and without exports.hot nobody would look for them there. ' +
        'Keep it, as long as you like: of P36500D nothing leaves any more.',
    )
  return wanted.flatMap((table) => {
    const found = existing.find(({ name }) => name === table.name)
    if (found) return alter(table, found, { ...filling, hasArchive: isThere(ARCHIVED) })
    const seeds = filling.seeds.filter((seed) => seed.table === table.name && hasRecords)
    return [...createTable(table), ...seeds.map(({ statement }) => statement)]
  })
}

/** What a filling meets. */
interface Altering extends Filling {
  /** There are records in files alone: what is made of their older rows is not in a hash of theirs either. */
  readonly hasArchive: boolean
}

function alter(wanted: Table, existing: Table, filling: Altering): string[] {
  const added = wanted.columns.filter((column) => {
    const found = existing.columns.find(({ name }) => name === column.name)
    if (found && !sameColumn(column, found))
      throw impossible(wanted.name, column, 'its type, key or NOT NULL changes')
    if (!found && (column.notNull || column.pk > 0))
      throw impossible(wanted.name, column, 'rows that exist have no value for it')
    return !found
  })
  const same = (index: Index): boolean =>
    existing.indexes.some((found) => JSON.stringify(found) === JSON.stringify(index))
  const kept = wanted.indexes.filter(same).map(({ name }) => name)
  return [
    ...added.map((column) => addColumn(wanted.name, column)),
    ...(wanted.name === 'records' ? fill(added, existing, filling) : []),
    ...existing.indexes
      .filter(({ name }) => !kept.includes(name))
      .map(({ name }) => `DROP INDEX ${quote(name)}`),
    ...wanted.indexes
      .filter((index) => !same(index))
      .flatMap((index) => [...begin(wanted.name, index), createIndex(wanted.name, index)]),
  ]
}

/**
 * A sequence's column begins with the number of each record's last change, whatever that changed. It does so whenever its index
 * is made: a column from before, without one, was not kept.
 */
const begin = (table: string, { columns }: Index): string[] =>
  columns
    .filter(isSequenceColumn)
    .map((sequence) => `UPDATE ${quote(table)} SET ${quote(sequence)} = ${quote('_seq')}`)

function fill(
  added: readonly Column[],
  existing: Table,
  { fills, leftEmpty, hasArchive }: Altering,
): string[] {
  const known = added.flatMap(
    ({ name }) =>
      fills.find(
        ({ column, from }) => column === name && existing.columns.some((found) => found.name === from),
      ) ?? [],
  )
  const done = known.filter(({ column }) => !leftEmpty.includes(column))
  for (const { column, from, version, unclear } of done)
    if (unclear.length > 0)
      throw new MigrationError(
        `records.${column} cannot be filled from ${from} of ${version}: nobody can say what ${unclear.join(', ')} is now. ` +
          `Backfill by ingest: migrate with --leave-empty ${column}, then send those records again in their new shape.`,
      )
  if (known.length === 0) return []
  return [fillSql('records', done), ...(hasArchive ? [`UPDATE ${quote(ARCHIVED)} SET "_hash" = ''`] : [])]
}

const sameColumn = (a: Column, b: Column): boolean =>
  a.type === b.type && a.notNull === b.notNull && a.pk === b.pk

const impossible = (table: string, { name }: Column, why: string): MigrationError =>
  new MigrationError(
    `${table}.${name} cannot be migrated: ${why}. Add a field under a new name, or a new major version.`,
  )
