/** The suite that every product passes, on its real Worker and database. A product's own test adds what is its own. */
import type { Contract } from '@meshloop/contract'
import { beforeAll, beforeEach, describe } from 'vitest'
import type { ProductWorker } from '../serve.ts'
import { setUp, type Bench } from './bench.ts'
import { checksSuite } from './checks.ts'
import { documentsSuite } from './documents.ts'
import { ingestSuite } from './ingest.ts'
import { olderSuite } from './older.ts'
import { queueSuite } from './queue.ts'
import { queriesSuite } from './queries.ts'
import { ingestRefusalsSuite, refusalsSuite } from './refusals.ts'
import { tablesSuite } from './tables.ts'
import { viewsSuite } from './views.ts'

export { setUp, type Bench } from './bench.ts'
export { derivedSuite, type DerivedSpecimen } from './derived.ts'

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

/** Declares the suite for a source-aligned product. */
export function productSuite(specimen: Specimen): void {
  describe(specimen.contract.id, () => {
    let bench: Bench | undefined
    beforeAll(async () => {
      bench = await setUp(specimen.worker, specimen.contract)
    })
    beforeEach(() => bench?.empty())
    const made = (): Bench => {
      if (!bench) throw new Error('the bench is set up before the first test')
      return bench
    }
    const subject: Subject = {
      ...specimen,
      bench: made,
      fill: async (records) =>
        void (await made().send(records.map(({ n, revision }) => specimen.record(n, revision)))),
    }
    tablesSuite(subject)
    documentsSuite(subject)
    ingestSuite(subject)
    queueSuite(subject)
    queriesSuite(subject)
    viewsSuite(subject)
    checksSuite(subject)
    refusalsSuite(subject)
    ingestRefusalsSuite(subject)
    for (const older of specimen.older ?? []) olderSuite(subject, older)
  })
}
