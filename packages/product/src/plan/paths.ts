/** The ways into the table of records: its key, and its indexes. */
import type { Contract } from '@meshloop/contract'
import { tablesOf } from '../table/tables.ts'

/** A way in: records stand there in the order of its columns. */
export interface Path {
  /** Name of the index, as `INDEXED BY` takes it. */
  readonly index: string
  /** Its own columns, and the key behind them, which every index ends with: the table has no rowid. */
  readonly columns: readonly string[]
}

/** Where the records themselves stand: SQLite's own name of a primary key. */
export const KEY_PATH = 'sqlite_autoindex_records_1'

/** All ways in; sequences are no part of what is filtered or sorted by. */
export function pathsOf(contract: Contract): Path[] {
  const { indexes } = tablesOf(contract).find(({ name }) => name === 'records') ?? { indexes: [] }
  return [
    { index: KEY_PATH, columns: contract.key },
    ...indexes
      .filter(({ unique }) => !unique)
      .map(({ name, columns }) => ({
        index: name,
        columns: [...columns, ...contract.key.filter((field) => !columns.includes(field))],
      })),
  ]
}
