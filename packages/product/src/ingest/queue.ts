/** The queue consumer: numbered, signed batches go through the same path as HTTP; what cannot is quarantined. */
import { AccessError, verifyBatch } from '@meshloop/access/batch'
import { majorOf } from '@meshloop/contract'
import type { Runtime } from '../env.ts'
import { MAX_AHEAD_MS } from '../limits.ts'
import { ensureState } from '../store/state.ts'
import { statement } from '../store/sql.ts'
import { accept, type AcceptOptions, type Outcome } from './accept.ts'
import { numberedClaim } from './claims.ts'
import { quarantine, type QuarantineBounds } from './quarantine.ts'

/** What the consumer needs of a message. */
export type QueueMessage = Pick<Message, 'body' | 'ack' | 'retry' | 'attempts'>

/** What a database cannot take now it hardly takes a second later: each try waits twice as long, up to so much. */
const MAX_DELAY_SECONDS = 600
const FIRST_DELAY_SECONDS = 5

/** Name under which a message is quarantined whose source nobody can know. */
export const UNKNOWN_SOURCE = '?'

/** A message is kept whole, so that it can be taken up again: a queue's has 128 KB, and a text two quotes. 512 MB in all. */
const ofMessages: QuarantineBounds = { chars: 131_074, entries: 4_000 }

/**
 * Takes messages of the ingest queue, each by itself: one that the database could not take is tried again, one
 * that can never be taken is quarantined. Its number stays missing, so the watermark waits for it.
 */
export async function consume(runtime: Runtime, messages: readonly QueueMessage[]): Promise<void> {
  for (const message of messages) {
    try {
      await takeMessage(runtime, message.body)
      message.ack()
    } catch (error) {
      if (error instanceof AccessError) {
        await setAside(runtime, message.body, error.code, error.message)
        message.ack()
      } else {
        // oxlint-disable-next-line no-console -- a Worker's log is its console
        console.error(error) // the platform keeps the message: it is tried again, then dead-lettered
        message.retry({ delaySeconds: Math.min(FIRST_DELAY_SECONDS * 2 ** (message.attempts - 1), MAX_DELAY_SECONDS) }) // prettier-ignore
      }
    }
  }
}

/** Takes messages of the dead-letter queue: they are kept in quarantine, where people see them. */
export async function consumeDeadLetters(runtime: Runtime, messages: readonly QueueMessage[]): Promise<void> {
  for (const message of messages) {
    await setAside(
      runtime,
      message.body,
      'dead_letter',
      'the batch was tried several times and could not be written',
    )
    message.ack()
  }
}

/**
 * Takes one message in: its signature is verified as of when it came (Unix ms), its number counted, its rows judged.
 *
 * @throws {AccessError} when it can never be taken; and what {@link accept} throws.
 */
export async function takeMessage(
  { contract, sources, ingest, now }: Runtime,
  body: unknown,
  cameAt: number = now(),
  options: AcceptOptions = {},
): Promise<Outcome> {
  const aud = `${contract.id}/v${majorOf(contract)}`
  const { batch } = await verifyBatch(body, { aud, sources, now: () => cameAt })
  const { source, n, complete_up_to, rows } = batch
  const claim = numberedClaim(source, n, claimOf(complete_up_to, sources[source]?.backfill, now()))
  return accept(ingest, source, rows, claim, options)
}

/** A claim about the future or of a backfill is as good as none. */
function claimOf(claim: string | null, backfill: boolean | undefined, now: number): string | null {
  return claim === null || backfill || Date.parse(claim) > now + MAX_AHEAD_MS ? null : claim
}

/** Keeps a message with the reason why it was not taken; one that is kept already, with the reason of today. */
export async function setAside(
  { ingest, now }: Runtime,
  body: unknown,
  code: string,
  detail: string,
): Promise<void> {
  const { db, newIncarnation } = ingest
  // A batch is a text; anything else may be what no text can hold, such as an object in itself.
  const row = typeof body === 'string' ? body : null
  const kept = await quarantine(
    UNKNOWN_SOURCE,
    [{ index: 0, row, errors: [{ code, field: '', detail }] }],
    now(),
    ofMessages,
  )
  await db.batch([ensureState(newIncarnation()), ...kept].map((s) => statement(db, s)))
}
