/** One part of a month, as a Parquet file and as NDJSON: made in memory, within bounds. */
import type { Contract } from '@meshloop/contract'
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js'
import { ParquetWriter } from 'hyparquet-writer/src/parquet-writer.js'
import { isBoolean, isJsonText, storedValue, type Json } from '../store/stored-row.ts'
import { parquetColumns, parquetSchema, type Stored } from './columns.ts'
import { utf8 } from '../store/bytes.ts'

/** Bytes of a file. */
export type Bytes = Uint8Array<ArrayBuffer>

/** Rows that were read, as values in the contract's order. */
export type Rows = readonly (readonly Stored[])[]

/** A part that is being made. */
export interface Part {
  readonly add: (rows: Rows) => void
  readonly size: () => { readonly rows: number; readonly bytes: number }
  /** The finished files; nothing may be added after it. */
  readonly close: () => { readonly parquet: Bytes; readonly ndjson: Bytes }
}

/** Rows that Parquet keeps together: columns are compressed, and skipped by readers, by the group. */
const GROUP_ROWS = 25_000

/** A part without rows. */
export function openPart(contract: Contract): Part {
  const writer = new ByteWriter()
  const parquet = new ParquetWriter({ writer, schema: parquetSchema(contract), createdBy: 'meshloop' })
  const lines: Bytes[] = []
  const line = lineOf(contract)
  let waiting: Rows = []
  let rows = 0
  let bytes = 0
  const writeGroup = (): void => {
    if (waiting.length === 0) return
    // It writes into memory, and so at once: there is nothing to wait for.
    void parquet.write({ columnData: parquetColumns(contract, waiting), rowGroupSize: waiting.length })
    waiting = []
  }
  return {
    add(more) {
      const text = utf8(more.map(line).join(''))
      lines.push(text)
      bytes += text.length
      rows += more.length
      waiting = [...waiting, ...more]
      if (waiting.length >= GROUP_ROWS) writeGroup()
    },
    size: () => ({ rows, bytes }),
    close() {
      writeGroup()
      void parquet.finish()
      return { parquet: new Uint8Array(writer.getBytes()), ndjson: joined(lines, bytes) }
    },
  }
}

/** The line of a row: the same JSON as `/records` answers. */
function lineOf(contract: Contract): (row: readonly Stored[]) => string {
  const members = Object.keys(contract.fields).map((name) => ({
    before: `"${name}":`,
    text: isJsonText(contract, name)
      ? (value: Stored): string => (value === null ? 'null' : String(value))
      : isBoolean(contract, name)
        ? (value: Stored): string => (value === null ? 'null' : String(value === 1))
        : (value: Stored): string => JSON.stringify(value),
  }))
  return (row) =>
    `{${members.map(({ before, text }, index) => before + text(row[index] ?? null)).join(',')}}\n`
}

/** The row of a line that was read: values as the database holds them. Of a field that came into the contract later it has none. */
export const rowOf = (contract: Contract, record: Json): Stored[] =>
  Object.keys(contract.fields).map((name) => {
    const value = record[name] ?? null
    // A value of the contract, as `lineOf` wrote it: a text, a number, or one of these two.
    return (typeof value === 'boolean' ? Number(value) : storedValue(contract, name, value)) as Stored
  })

function joined(parts: readonly Bytes[], length: number): Bytes {
  const all = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
