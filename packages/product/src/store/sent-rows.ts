/**
 * Rows on their way into the database. Whole they go to the one statement that writes them; those around it, which look up what
 * changes, get them in brief: every byte of a statement is sent, and taken apart, anew.
 */
import type { Contract } from '@meshloop/contract'
import { chunksOf, jsonArray } from './json-chunks.ts'
import { item, sql, type SQL } from './sql.ts'
import type { StoredRow } from './stored-row.ts'

/** Some rows, as two JSON arrays of the same length, a row an array. */
export interface SentRows {
  /** See {@link StoredRow.text}. */
  readonly whole: string
  /** Of each row what {@link briefItems} names. */
  readonly brief: string
}

/** Where each is in a row in brief, for a statement that takes it apart with json_each. */
export interface BriefItems {
  /** The parts of the key, in the contract's order. */
  readonly key: readonly SQL[]
  /** Event time; null in a deletion, unless it is a part of the key. */
  readonly time: SQL
  readonly version: SQL
  readonly hash: SQL
  /** 1 for a deletion, 0 for a record. */
  readonly deleted: SQL
}

/** See {@link SentRows.brief}. */
export function briefItems({ key }: Contract): BriefItems {
  const after = (index: number): SQL => item(key.length + index)
  return {
    key: key.map((_, index) => item(index)),
    time: after(0),
    version: after(1),
    hash: after(2),
    deleted: after(3),
  }
}

/** Rows in brief as a table in FROM. */
export const briefRows = ({ brief }: SentRows): SQL => sql`json_each(${brief})`

/** The rows in chunks that D1 takes as bound values, in order. */
export function sentRows(contract: Contract, rows: readonly StoredRow[]): SentRows[] {
  const fields = Object.keys(contract.fields)
  const places = [...contract.key, contract.eventTime].map((name) => fields.indexOf(name))
  const briefly = ({ values, version, hash, deleted }: StoredRow): string =>
    JSON.stringify([...places.map((place) => values[place]), version, hash, deleted ? 1 : 0])
  return chunksOf(rows, ({ text }) => text).map((chunk) => ({
    whole: jsonArray(chunk.map(({ text }) => text)),
    brief: jsonArray(chunk.map(briefly)),
  }))
}
