/** Judges sent rows one by one: each becomes a row to store, or is quarantined with its reasons. */
import { rowReader, versionField, zodOf, fieldOf, type Contract, type RowError } from '@meshloop/contract'
import * as z from 'zod'
import { MAX_AHEAD_MS, MAX_DEPTH } from '../limits.ts'
import { storedRow, tombstone, type Json, type StoredRow } from '../store/stored-row.ts'

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
export type Judge = (rows: readonly unknown[], now: number) => Promise<Judged>

/** Makes the judge of a contract; build it once. */
export function judgeFor(contract: Contract): Judge {
  const readRow = rowReader(contract)
  const readDeletion = deletionReader(contract)
  return async (rows, now) => {
    const verdicts = await Promise.all(rows.map((row, index) => judge(row, index, now)))
    return {
      good: verdicts.flatMap((verdict) => ('stored' in verdict ? [verdict] : [])),
      rejected: verdicts.flatMap((verdict) => ('errors' in verdict ? [verdict] : [])),
    }
  }

  async function judge(row: unknown, index: number, now: number): Promise<Good | Rejected> {
    if (isDeeper(row, MAX_DEPTH)) return { index, row: null, errors: [tooDeep] }
    const deletion = isDeletion(row)
    const read = deletion ? readDeletion(row) : readRow(row)
    const errors = 'errors' in read ? read.errors : ahead(contract, read.record, now)
    if ('errors' in read || errors.length > 0) return { index, row, errors }
    return { index, row, stored: await (deletion ? tombstone : storedRow)(contract, read.record) }
  }
}

/** Of such a row nothing is kept: it could not be written down. */
const tooDeep: RowError = { code: 'too_deep', field: '', detail: `nested deeper than ${MAX_DEPTH} levels` }

const isDeeper = (value: unknown, levels: number): boolean =>
  value !== null &&
  typeof value === 'object' &&
  (levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1)))

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
function ahead(contract: Contract, record: Json, now: number): RowError[] {
  const limit = new Date(now + MAX_AHEAD_MS).toISOString()
  const names = [...new Set([versionField(contract), contract.eventTime])]
  return names.flatMap((field) => {
    const value = record[field]
    return typeof value === 'string' && value > limit
      ? [{ code: 'time_ahead', field, detail: `${value} is more than five minutes ahead of the clock` }]
      : []
  })
}
