/** Tables as SQL, for migrations. Only CREATE TABLE, ADD COLUMN and CREATE INDEX are ever written. */
import type { Column, Index, Table } from './tables.ts'

/** Quotes a name of a table or column. */
export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** The statements that make a table with its indexes, without semicolons. */
export const createTable = (table: Table): string[] => [
  `CREATE TABLE ${quote(table.name)} (\n${[...table.columns.map(columnSql), primaryKey(table)].map((line) => `  ${line}`).join(',\n')}\n) WITHOUT ROWID`,
  ...table.indexes.map((index) => createIndex(table.name, index)),
]

/** The statement that adds a column to a table that has rows: it is nullable, since they have no value for it. */
export const addColumn = (table: string, { name, type }: Column): string =>
  `ALTER TABLE ${quote(table)} ADD COLUMN ${quote(name)} ${type}`

/** The statement that makes an index, without a semicolon. */
export const createIndex = (table: string, { name, unique, columns }: Index): string =>
  `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${quote(name)} ON ${quote(table)} (${columns.map(quote).join(', ')})`

const columnSql = ({ name, type, notNull, check }: Column): string =>
  `${quote(name)} ${type}${notNull ? ' NOT NULL' : ''}${check === undefined ? '' : ` CHECK (${check})`}`

const primaryKey = ({ columns }: Table): string => {
  const key = columns.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk)
  return `PRIMARY KEY (${key.map(({ name }) => quote(name)).join(', ')})`
}
