/** A product that the suite is about. */
import type { Contract } from '@meshloop/contract'
import type { ProductWorker } from '../serve.ts'
import type { Bench } from './bench.ts'

/** What the suite needs to know of a product. */
export interface Specimen {
  readonly worker: ProductWorker
  readonly contract: Contract
  /** Older majors that it serves. Default: none. */
  readonly older?: readonly Contract[]
  /**
   * Makes a valid record: `n` decides the key, `revision` (from 0) its version, later for a greater one, and
   * something of its content. Pure.
   */
  readonly record: (n: number, revision: number) => Readonly<Record<string, unknown>>
}

/** One record of the suite's: its number, and its revision from 0. */
export interface Which {
  readonly n: number
  readonly revision: number
}

/** What the parts of the suite work with; the bench exists once tests run. */
export interface Subject extends Specimen {
  readonly bench: () => Bench
  /** Makes the product hold these records: by ingest, or for a derived product through its inputs. */
  readonly fill: (records: readonly Which[]) => Promise<void>
}
