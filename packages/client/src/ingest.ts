/** Sending rows to a product as one of its sources. */
import * as z from 'zod'
import type { Call } from './call.ts'
import type { ProductRef } from './product-ref.ts'
import { ClientError } from './client-error.ts'
import { instant, readAnswer } from './read-answer.ts'

/** Rows of one batch at most. */
export const MAX_BATCH_ROWS = 2_000
/** Bytes of one batch's JSON at most: a product takes 4 MB, but what is sent again after a failure should stay small. */
export const MAX_BATCH_BYTES = 1_000_000

const outcomeSchema = z.object({
  /** Changes that were made. */
  accepted: z.int().min(0),
  /** Rows that changed nothing. */
  repeated: z.int().min(0),
  quarantined: z.int().min(0),
  /** The first of the quarantined rows, with reasons. */
  rejected: z.array(
    z.object({
      index: z.int().min(0),
      errors: z.array(z.object({ field: z.string(), code: z.string(), detail: z.string() })),
    }),
  ),
  /** The product's watermark after the batch. */
  as_of: instant.nullable(),
})

/** What became of a batch. */
export type IngestOutcome = Readonly<z.output<typeof outcomeSchema>>

/**
 * Sends one batch; `completeUpTo` (RFC 3339 UTC with milliseconds) says that this source has now sent everything up to then. The same
 * batch again changes nothing.
 *
 * @throws {ClientError} as a call does, and `batch_too_large` before anything is sent.
 */
export async function ingestRows(
  call: Call,
  ref: ProductRef,
  rows: readonly unknown[],
  completeUpTo?: string,
): Promise<IngestOutcome> {
  const body = JSON.stringify({
    rows,
    ...(completeUpTo === undefined ? {} : { complete_up_to: completeUpTo }),
  })
  const bytes = new TextEncoder().encode(body).byteLength
  if (rows.length > MAX_BATCH_ROWS || bytes > MAX_BATCH_BYTES)
    throw new ClientError(
      'batch_too_large',
      `${rows.length} rows of ${bytes} bytes are too many for one batch: at most ${MAX_BATCH_ROWS} rows and ${MAX_BATCH_BYTES} bytes. Split them.`,
    )
  return readAnswer(ref, await call(ref, 'ingest', '/ingest', { method: 'POST', body }), outcomeSchema)
}
