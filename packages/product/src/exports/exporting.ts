/** What a step of writing exports works with, and how much it does. */
import type { Contract } from '@meshloop/contract'
import type { Fill } from '../table/fill.ts'
import type { ExportKey } from './signing-key.ts'

/** What exports are written with. Clock and identity come from outside. */
export interface Exporting {
  readonly db: D1Database
  readonly bucket: R2Bucket
  readonly contract: Contract
  readonly contractHash: string
  /** Sources or inputs that the watermark is the minimum of. */
  readonly expected: readonly string[]
  readonly key: () => Promise<ExportKey>
  readonly now: () => number
  /** Six or more characters of a-z and 0-9 that no other export has. */
  readonly newId: () => string
  /** Where lines of an older major have what the contract names otherwise. Default: nowhere. */
  readonly fills?: readonly Fill[]
  readonly bounds?: StepBounds
}

/** How much one step does at most. */
export interface StepBounds extends PartBounds {
  /** Parts of months. */
  readonly parts: number
  /** No part is begun after so long. */
  readonly milliseconds: number
}

/** How large a part becomes. Its NDJSON is in memory as a whole, and at times twice. */
export interface PartBounds {
  readonly rows: number
  readonly bytes: number
  /** What one query returns, about: also where records are suddenly much longer, whoever sent them. */
  readonly pageBytes: number
}
