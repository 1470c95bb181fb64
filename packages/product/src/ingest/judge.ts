/** Judges sent rows one by one: each becomes a row to store, or is quarantined with its reasons. */
import { rowReader, versionField, zodOf, fieldOf, type Contract, type RowError } from '@meshloop/contract'
import * as z from 'zod'
import { MAX_AHEAD_MS, MAX_DEPTH, MAX_KEY_BYTES, MAX_ROW_BYTES } from '../limits.ts'
import { bytesOf } from '../store/json-chunks.ts'
import { isTooLongKey } from '../store/key-bytes.ts'
import { storing, type Json, type StoredRow } from '../store/stored-row.ts'

/** A row that was not accepted. */
export interface Rejected {
  /** Position in the batch, from 0. */
  readonly index: number
  readonly row: unknown
  readonly errors: readonly RowError[]
}

/** A row that can be stored. */
export interface Good {
  /** Position in the batch, from 0. */
  readonly index: number
  readonly row: unknown
  readonly stored: StoredRow
}

/** A batch, judged: nothing of it is lost. */
export interface Judged {
  readonly good: readonly Good[]
  readonly rejected: readonly Rejected[]
}

/** A reason repeats names out of the row, which may be of any length. */
const MAX_REASON_CHARS = 500

/** Judges the rows of a batch as of `now` (Unix ms). */
export type Judge = (rows: readonly unknown[], now: number) => Judged

/** Makes the judge of a contract; build it once. */
export function judgeFor(contract: Contract): Judge {
  const readRow = rowReader(contract)
  const readDeletion = deletionReader(contract)
  const store = storing(contract)
  const times = [...new Set([versionField(contract), contract.eventTime])]
  return (rows, now) => {
    const limit = new Date(now + MAX_AHEAD_MS).toISOString()
    const good: Good[] = []
    const rejected: Rejected[] = []
    rows.forEach((row, index) => {
      const verdict = judge(row, index, limit)
      if ('stored' in verdict) good.push(verdict)
      else rejected.push(verdict)
    })
    return { good, rejected }
  }

  function judge(row: unknown, index: number, limit: string): Good | Rejected {
    if (isDeeper(row, MAX_DEPTH)) return { index, row: null, errors: [tooDeep] }
    const deletion = isDeletion(row)
    const read = deletion ? readDeletion(row) : readRow(row)
    if ('errors' in read) return { index, row, errors: read.errors }
    const errors = ahead(times, read.record, limit)
    if (errors.length > 0) return { index, row, errors }
    if (isTooLongKey(contract.key.map((name) => read.record[name])))
      return { index, row, errors: [tooLongKey(contract)] }
    const stored = deletion ? store.deletion(read.record) : store.record(read.record)
    // A character is three bytes at most: hardly a row must be encoded to know that it fits.
    const mayBeTooLarge = stored.text.length * 3 > MAX_ROW_BYTES
    return mayBeTooLarge && bytesOf(stored.text) > MAX_ROW_BYTES
      ? { index, row, errors: [tooLarge] }
      : { index, row, stored }
  }
}

/** D1 would refuse the whole batch for it. */
const tooLarge: RowError = {
  code: 'too_large',
  field: '',
  detail: `a row has at most ${MAX_ROW_BYTES} bytes as it is stored`,
}

const tooLongKey = ({ key }: Contract): RowError => ({
  code: 'too_large',
  field: key[0],
  detail: `a key has at most ${MAX_KEY_BYTES} bytes as a JSON array`,
})

/** Of such a row nothing is kept: it could not be written down. */
const tooDeep: RowError = { code: 'too_deep', field: '', detail: `nested deeper than ${MAX_DEPTH} levels` }

function isDeeper(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== 'object') return false
  if (levels === 0) return true
  for (const member of Object.values(value))
    if (typeof member === 'object' && isDeeper(member, levels - 1)) return true
  return false
}

/** A deletion is a row of key, version and `"_deleted": true`. */
const isDeletion = (row: unknown): boolean => typeof row === 'object' && row !== null && '_deleted' in row

function deletionReader(contract: Contract): (row: unknown) => { record: Json } | { errors: RowError[] } {
  const names = [...new Set([...contract.key, versionField(contract)])]
  const schema = z.strictObject({
    _deleted: z.literal(true),
    ...Object.fromEntries(names.map((name) => [name, zodOf(fieldOf(contract, name))])),
  })
  return (row) => {
    const read = schema.safeParse(row)
    if (read.success) return { record: read.data }
    const wrong = z.prettifyError(read.error).slice(0, MAX_REASON_CHARS)
    const detail = `a deletion is {"_deleted": true} with ${names.join(', ')}: ${wrong}`
    return { errors: [{ code: 'malformed', field: '_deleted', detail }] }
  }
}

/** A version or event time far ahead of the clock would win over every later correction. */
const ahead = (fields: readonly string[], record: Json, limit: string): RowError[] =>
  fields.flatMap((field) => {
    const value = record[field]
    return typeof value === 'string' && value > limit
      ? [{ code: 'time_ahead', field, detail: `${value} is more than five minutes ahead of the clock` }]
      : []
  })
