/** A client of the mesh: one key, everything that its grants allow. */
import type { Contract } from '@meshloop/contract'
import { createCall, createSend, type Call, type CallOptions } from './call.ts'
import type { ProductRef } from './product-ref.ts'
import { readChanges, type ChangesPage, type ChangesQuery } from './changes.ts'
import type { Fetch } from './exchange.ts'
import { newestExport, readExport, readExportFile, type Export, type ExportFile } from './exports.ts'
import { ingestRows, type IngestOutcome } from './ingest.ts'
import type { PatienceOptions } from './patient.ts'
import { readRecord, readRecords, type RecordAnswer, type RecordsPage, type RecordsQuery } from './records.ts'

/** What a client is made of. */
export interface ClientOptions extends Pick<PatienceOptions, 'pause' | 'patienceMs'> {
  /** Base URL of the catalog, without a slash at its end. */
  readonly issuer: string
  /** `ml_<environment>_<client id>_<secret>` */
  readonly clientKey: string
  /** `(...call) => fetch(...call)` in a Worker. */
  readonly fetch: Fetch
  /** Milliseconds since 1970, e.g. `Date.now`. */
  readonly now: () => number
  /** Told of each deprecated major that is read, once: say it to whoever can move to the next. Default: nobody is. */
  readonly onDeprecation?: NonNullable<CallOptions['onDeprecation']>
}

/**
 * Finds products by the catalog and keeps addresses (five minutes) and tokens (until a minute before they end), so keep one an
 * isolate. What is read is asked for again where the answer is 429 or 503 and says when (Retry-After), within the time of the
 * call; what is sent is not. All methods throw {@link ClientError}.
 */
export interface Client {
  /** A page of the change feed. `refused` with problem `resync_required`: begin again without `after`. */
  readonly changes: (ref: ProductRef, query: ChangesQuery) => Promise<ChangesPage>
  /** A page of records, checked by `contract`. The grant must show all of its fields; later additions are left out. */
  readonly records: <C extends Contract>(contract: C, query: RecordsQuery<C>) => Promise<RecordsPage<C>>
  /** One record by the parts of its key, in the contract's order; undefined when there is none. */
  readonly record: <C extends Contract>(
    contract: C,
    key: readonly string[],
  ) => Promise<RecordAnswer<C> | undefined>
  /** Sends one batch as a source, at most MAX_BATCH_ROWS and MAX_BATCH_BYTES (`batch_too_large`); again does no harm. */
  readonly ingest: (
    ref: ProductRef,
    rows: readonly unknown[],
    completeUpTo?: string,
  ) => Promise<IngestOutcome>
  /** Bulk files: a grant that shows everything can read them. */
  readonly exports: {
    /** Id of the newest export; undefined while there is none. */
    readonly newest: (ref: ProductRef) => Promise<string | undefined>
    /** An export, its manifest's signature checked with the product's key; undefined once it is kept no longer. */
    readonly read: (ref: ProductRef, id: string) => Promise<Export | undefined>
    /** The records of an NDJSON file, its hash checked before any of them is given; undefined once it is kept no longer. */
    readonly file: (
      ref: ProductRef,
      id: string,
      file: ExportFile,
    ) => Promise<readonly Readonly<Record<string, unknown>>[] | undefined>
  }
  /** Any other call, e.g. `call(ref, 'run', '/run', { method: 'POST' })`. */
  readonly call: Call
}

/**
 * Makes a client; nothing is sent yet.
 *
 * @throws {ClientError} `client_key_invalid`
 */
export function createClient(options: ClientOptions): Client {
  const send = createSend(options)
  const call = createCall(send)
  return {
    call,
    changes: (ref, query) => readChanges(call, ref, query),
    records: (contract, query) => readRecords(call, contract, query),
    record: (contract, key) => readRecord(call, contract, key),
    exports: {
      newest: (ref) => newestExport(call, ref),
      read: (ref, id) => readExport(call, ref, id),
      file: (ref, id, file) => readExportFile(send, ref, id, file),
    },
    ingest: (ref, rows, completeUpTo) => ingestRows(call, ref, rows, completeUpTo),
  }
}
