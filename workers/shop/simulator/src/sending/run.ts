/**
 * One run: tells each product what has happened since it last acknowledged, oldest first, within bounds.
 *
 * A product's `until` moves only after a whole piece was acknowledged, and the claim travels with the last batch of its
 * piece. So a run that fails or is killed anywhere repeats rows at worst, which changes nothing, and never leaves any out;
 * two runs at once repeat each other, and the second to note a piece stops.
 */
import { ClientError, MAX_BATCH_ROWS, type Client, type ProductRef } from '@meshloop/client'
import { SimulatorError, type Shop } from '../shop.ts'
import { batchesOf } from './batches.ts'
import { acknowledge, noteProblem, readProgress, type ProductProgress } from './ledger.ts'
import { tapeOf, type Piece } from './tape.ts'

/** Bounds of one run. */
export interface RunLimits {
  readonly rows: number
  /** Wall time, in milliseconds, after which nothing new is begun. */
  readonly ms: number
}

/** Far below a cron's 30 s of CPU and 128 MB. */
export const runLimits: RunLimits = { rows: 5_000, ms: 20_000 }

/** What a run needs. */
export interface RunOptions {
  readonly db: D1Database
  readonly client: Pick<Client, 'ingest'>
  readonly shop: Shop
  /** Which products are told. */
  readonly products: readonly ProductRef[]
  /** Up to when to send, in Unix milliseconds: now, or the launch. */
  readonly endMs: number
  readonly now: () => number
  readonly limits: RunLimits
}

/** @throws {SimulatorError} `sending_failed` when a product could not be told; the others were. */
export async function run(options: RunOptions): Promise<void> {
  const { db, shop, endMs, now, limits } = options
  const deadlineMs = now() + limits.ms
  const tape = tapeOf(shop, endMs)
  const failures: string[] = []
  let rowsLeft = limits.rows
  let behind = (await readProgress(db)).filter(({ untilMs }) => untilMs < endMs)
  while (rowsLeft > 0 && now() < deadlineMs) {
    const [next, ...others] = behind.toSorted((a, b) => a.untilMs - b.untilMs)
    if (!next) break
    const piece = tape(next.product, next.untilMs, Math.min(rowsLeft, MAX_BATCH_ROWS))
    const failure = await tell(options, next, piece)
    if (failure !== undefined) failures.push(failure)
    const isFirst =
      failure === undefined && (await acknowledge(db, next.product, { ...piece, rows: piece.records.length }))
    rowsLeft -= piece.records.length
    const goesOn = isFirst && piece.toMs < endMs
    behind = goesOn ? [...others, { ...next, untilMs: piece.toMs }] : others
  }
  if (failures.length > 0)
    throw new SimulatorError('sending_failed', `${failures.join('; ')}; the next run tries again`)
}

/** Sends a piece; the claim goes with its last batch. @returns why it failed, if it did */
async function tell(
  { client, db, products }: RunOptions,
  { product }: ProductProgress,
  { records, toMs }: Piece,
): Promise<string | undefined> {
  const ref = products.find((known) => known.product === product)
  if (!ref) return `${product} is none of the shop's products`
  const batches = batchesOf(records)
  try {
    for (const [index, batch] of batches.entries()) {
      const isLast = index === batches.length - 1
      await client.ingest(ref, batch, isLast ? new Date(toMs).toISOString() : undefined)
    }
    return undefined
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    await noteProblem(db, product, error.message)
    return error.message
  }
}
