/** Cuts rows into batches that a product takes. */
import { MAX_BATCH_BYTES, MAX_BATCH_ROWS } from '@meshloop/client'

/** Room for what stands around the rows. */
const ENVELOPE_BYTES = 1_000

/** The rows in their order, in batches within the client's limits; one empty batch for no rows, since it can carry a claim. */
export function batchesOf(rows: readonly object[]): readonly (readonly object[])[] {
  const encoder = new TextEncoder()
  const batches: object[][] = []
  let batch: object[] = []
  let bytes = ENVELOPE_BYTES
  for (const row of rows) {
    const size = encoder.encode(JSON.stringify(row)).byteLength + 1
    if (batch.length === MAX_BATCH_ROWS || (batch.length > 0 && bytes + size > MAX_BATCH_BYTES)) {
      batches.push(batch)
      batch = []
      bytes = ENVELOPE_BYTES
    }
    batch.push(row)
    bytes += size
  }
  return [...batches, batch]
}
