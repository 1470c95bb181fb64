/** `mesh ingest`: sends a file of rows to a product, as one of its sources. Sending it again changes nothing. */
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { inBatches, type RowBatch } from '../ingest/batches.ts'
import { openSourceFile } from '../ingest/source-file.ts'
import { MeshError } from '../mesh-error.ts'
import { startProgress } from '../progress.ts'
import { count, printable } from '../terminal.ts'
import {
  answerOf,
  buyToken,
  fetchContract,
  findProduct,
  patientRequest,
  type Token,
} from '../mesh/mesh-client.ts'
import { sourceCredential, type SourceOptions } from '../mesh/source-credential.ts'
import { findTarget, type CommandContext } from '../mesh/target.ts'

/** Options of `mesh ingest`. */
export interface IngestOptions extends SourceOptions {
  readonly url?: string
  /** Claims, with the last rows, that the source has sent everything up to this time (RFC 3339). */
  readonly completeUpTo?: string
}

const answerSchema = z.object({
  accepted: z.int(),
  repeated: z.int(),
  quarantined: z.int(),
  rejected: z.array(
    z.object({
      index: z.int(),
      errors: z.array(
        z.object({ field: z.string().nullish(), code: z.string(), detail: z.string().nullish() }),
      ),
    }),
  ),
  as_of: z.string().nullish(),
})

type Answer = z.output<typeof answerSchema>

interface Outcome {
  readonly accepted: number
  readonly repeated: number
  readonly quarantined: number
  readonly asOf: string | null
  readonly reasons: readonly string[]
}

const nothingYet: Outcome = { accepted: 0, repeated: 0, quarantined: 0, asOf: null, reasons: [] }

const SHOWN_REASONS = 5
/** A token is exchanged before it ends within a batch. */
const TOKEN_RESERVE_MS = 60_000

/** Sends the file and prints how many rows were accepted, repeated and quarantined. */
export async function ingest(
  productId: string,
  path: string,
  options: IngestOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context
  const target = findTarget(context, options.url)
  const product = await findProduct(target.url, productId)
  const key = await sourceCredential(target, context, productId, options)
  const file = openSourceFile(path, await fetchContract(product))
  const startedAt = Date.now()

  let token: Token | undefined
  const send = async (body: string, claim?: string): Promise<Answer> => {
    if (token === undefined || token.endsAtMs < Date.now() + TOKEN_RESERVE_MS)
      token = await buyToken(target.url, product, key, 'ingest')
    const query = claim === undefined ? '' : `?complete_up_to=${encodeURIComponent(claim)}`
    const headers = { authorization: `Bearer ${token.text}`, 'content-type': 'application/x-ndjson' }
    return answerOf(
      await patientRequest(`${product.url}/ingest${query}`, { method: 'POST', headers, body }, sleep),
      answerSchema,
    )
  }

  let outcome = nothingYet
  const progress = startProgress(terminal, productId)
  try {
    for await (const batch of inBatches(file.rows)) {
      outcome = plus(outcome, await send(batch.body), batch)
      progress.show(file.bytesRead(), file.totalBytes, `${count(sumOf(outcome))} rows`)
    }
    if (options.completeUpTo !== undefined) outcome = plus(outcome, await send('', options.completeUpTo))
  } catch (error) {
    progress.end()
    throw brokenOff(error, outcome)
  }
  progress.end()
  terminal.out(summary(outcome, (Date.now() - startedAt) / 1000))
}

function plus(outcome: Outcome, answer: Answer, batch?: RowBatch): Outcome {
  const reasons = answer.rejected.map(({ index, errors }) => {
    const why = errors.map(({ field, code, detail }) => [field, detail ?? code].filter(Boolean).join(': '))
    return printable(`line ${batch?.lines[index] ?? '?'}: ${why.join('; ')}`)
  })
  return {
    accepted: outcome.accepted + answer.accepted,
    repeated: outcome.repeated + answer.repeated,
    quarantined: outcome.quarantined + answer.quarantined,
    asOf: answer.as_of ?? null,
    reasons: [...outcome.reasons, ...reasons].slice(0, SHOWN_REASONS),
  }
}

const sumOf = ({ accepted, repeated, quarantined }: Outcome): number => accepted + repeated + quarantined

function summary(outcome: Outcome, seconds: number): string {
  const { accepted, repeated, quarantined, reasons, asOf } = outcome
  const more = quarantined - reasons.length
  const lines = [
    `${count(sumOf(outcome))} rows in ${seconds.toFixed(1)} s: ${count(accepted)} accepted, ${count(repeated)} repeated, ${count(quarantined)} quarantined`,
    ...reasons.map((reason) => `  ${reason}`),
    ...(more > 0 ? [`  and ${count(more)} more; "mesh quarantine list" shows them all`] : []),
    `complete up to: ${asOf ?? 'unknown'}`,
  ]
  return `${lines.join('\n')}\n`
}

/** What arrived before stays: the same file may be sent again from its beginning. */
function brokenOff(error: unknown, outcome: Outcome): unknown {
  if (!(error instanceof MeshError)) return error
  const arrived = sumOf(outcome)
  const goOn =
    arrived === 0
      ? 'No row was taken.'
      : `${count(arrived)} rows had arrived. Run the same command again to go on: repeated rows change nothing.`
  return new MeshError(error.code, error.message, [error.fix, goOn].filter(Boolean).join('\n'), {
    cause: error,
  })
}
