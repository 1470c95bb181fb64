/** Tables as data: what a table, a column and an index are. */
import { fieldOf, kindOf, type Contract } from '@meshloop/contract'

/** The types of SQLite that are used. */
export type SqlType = 'TEXT' | 'INTEGER' | 'REAL'

/** A column of a table. */
export interface Column {
  readonly name: string
  readonly type: SqlType
  readonly notNull: boolean
  /** Position in the primary key from 1; 0 for a column outside it. */
  readonly pk: number
  /** Extra constraint of the column, as SQL. */
  readonly check?: string
}

/** An index of a table. */
export interface Index {
  readonly name: string
  readonly unique: boolean
  readonly columns: readonly string[]
}

/** A table without rowid: its primary key is where its rows stand. */
export interface Table {
  readonly name: string
  readonly columns: readonly Column[]
  readonly indexes: readonly Index[]
}

/** Makes a column; `pk` is its position in the primary key from 1. */
export const column = (
  name: string,
  type: SqlType,
  more: { notNull?: boolean; pk?: number; check?: string } = {},
): Column => ({
  name,
  type,
  notNull: more.notNull ?? (more.pk ?? 0) > 0,
  pk: more.pk ?? 0,
  ...(more.check === undefined ? {} : { check: more.check }),
})

/** SQLite type of a field's column. */
export const sqlType = (contract: Contract, name: string): SqlType =>
  ({ text: 'TEXT', integer: 'INTEGER', real: 'REAL' } as const)[kindOf(fieldOf(contract, name).kind).sql]
