/** What a page of records is read from, and what is asked of it. */
import type { Contract } from '@meshloop/contract'
import type { KnownStatistics } from '../plan/statistics.ts'
import type { Filter } from './condition.ts'
import type { Position } from './cursor.ts'
import type { SortField } from './keyset.ts'
import type { StoredRecords } from './stored.ts'

/** Where to read and what the watermark is the minimum of. */
export interface Reader {
  readonly db: D1Database
  readonly contract: Contract
  readonly expected: readonly string[]
  /** Of an older major: how it reads them. Default: the contract's own table. */
  readonly stored?: StoredRecords
  /** What is known of the table's size. Default: nothing. */
  readonly statistics?: KnownStatistics
}

/** What is asked for: names are fields of the view, values are of their kinds. */
export interface PageQuery {
  readonly filters: readonly Filter[]
  readonly order: readonly SortField[]
  /** Fields to return; all that the view shows when absent. */
  readonly fields?: readonly string[] | undefined
  readonly limit: number
  readonly after?: Position | undefined
  /** Count all records that match: reads them all. */
  readonly count: boolean
  /** A chunk of a stream that has begun: it costs what it costs. Default: false. */
  readonly isLetIn?: boolean | undefined
}
