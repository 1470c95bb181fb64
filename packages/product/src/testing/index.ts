/** The suite that every product passes, on its real Worker and database. A product's own test adds what is its own. */
import { beforeAll, beforeEach, describe } from 'vitest'
import { accessSuite } from './access.ts'
import { setUp, type Bench } from './bench.ts'
import { checksSuite } from './checks.ts'
import { documentsSuite } from './documents.ts'
import { fuzzSuite } from './fuzz.ts'
import { ingestSuite } from './ingest.ts'
import { olderSuite } from './older.ts'
import { ownedSuite } from './owned.ts'
import { queueSuite } from './queue.ts'
import { queriesSuite } from './queries.ts'
import { ingestRefusalsSuite, refusalsSuite } from './refusals.ts'
import type { Specimen, Subject } from './specimen.ts'
import { tablesSuite } from './tables.ts'
import { totalsSuite } from './totals.ts'
import { viewsSuite } from './views.ts'

export { setUp, type Bench } from './bench.ts'
export { derivedSuite, type DerivedSpecimen } from './derived.ts'

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
    ownedSuite(subject)
    queriesSuite(subject)
    viewsSuite(subject)
    totalsSuite(subject)
    checksSuite(subject)
    refusalsSuite(subject)
    accessSuite(subject)
    ingestRefusalsSuite(subject)
    fuzzSuite(subject)
    for (const older of specimen.older ?? []) olderSuite(subject, older)
  })
}
