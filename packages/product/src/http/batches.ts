/** The body of an ingest request as batches of rows: JSON is one, NDJSON as many as it takes, read as it comes. */
import { zodOf } from '@meshloop/contract'
import * as z from 'zod'
import {
  MAX_AHEAD_MS,
  MAX_BATCH_CHARS,
  MAX_BATCH_ROWS,
  MAX_BODY_BYTES,
  MAX_BODY_ROWS,
  MAX_STREAM_BYTES,
  MAX_STREAM_ROWS,
} from '../limits.ts'
import { ProductError } from '../problems.ts'
import { readText, textParts } from './body-text.ts'
import { bodyMalformed, parseBounded } from './bounded-json.ts'

/** Rows that are taken in together, not judged yet. */
export interface SentBatch {
  readonly rows: readonly unknown[]
  /** RFC 3339 UTC with milliseconds; with the last batch of a body alone. */
  readonly completeUpTo: string | undefined
}

/** What a source's request is read by. */
export interface Reading {
  /** Unix ms. */
  readonly now: number
  /** Of a source that says nothing about completeness: why a claim is refused. */
  readonly mayNotClaim: string | undefined
}

const time = zodOf({ kind: 'time', nullable: false })
const jsonBody = z.strictObject({ rows: z.array(z.unknown()), complete_up_to: z.string().optional() })

/**
 * The batches of a request, one at least: JSON `{"rows":[…],"complete_up_to":…}`, or NDJSON with `?complete_up_to=`. What is wrong
 * with the request as a whole is thrown before the first.
 *
 * @throws {ProductError} `media_type`, `encoding`, `body_too_large`, `body_malformed`, `parameter_unknown`,
 *   `parameter_invalid`, `claim_ahead`, `claim_refused`.
 */
export async function* readBatches(request: Request, reading: Reading): AsyncGenerator<SentBatch> {
  const query = new URL(request.url).searchParams
  const unknown = [...query.keys()].filter((key) => key !== 'complete_up_to')
  if (unknown.length > 0)
    throw new ProductError(
      'parameter_unknown',
      `Unknown: ${unknown.join(', ')}; allowed is complete_up_to.`,
      unknown.map((parameter) => ({ parameter, detail: 'unknown; allowed is complete_up_to' })),
    )
  const claim = readClaim(query.get('complete_up_to') ?? undefined, reading)
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type === 'application/x-ndjson') {
    yield* lineBatches(request, claim)
  } else if (type === 'application/json') {
    const { rows, complete_up_to } = await readRows(request)
    yield { rows, completeUpTo: claim ?? readClaim(complete_up_to, reading) }
  } else
    throw new ProductError(
      'media_type',
      `${type ?? 'No media type'} cannot be read. Send application/json or application/x-ndjson.`,
    )
}

async function readRows(request: Request): Promise<z.output<typeof jsonBody>> {
  const body = jsonBody.safeParse(parseBounded(await readText(request, MAX_BODY_BYTES)))
  if (!body.success) {
    const [issue] = body.error.issues
    throw bodyMalformed(
      `expected {"rows":[…],"complete_up_to":"…"}: ${issue?.message ?? ''}`,
      `/${issue?.path.join('/') ?? ''}`,
    )
  }
  if (body.data.rows.length > MAX_BODY_ROWS) throw tooManyRows(MAX_BODY_ROWS)
  return body.data
}

async function* lineBatches(request: Request, claim: string | undefined): AsyncGenerator<SentBatch> {
  let rows: unknown[] = []
  let chars = 0
  let taken = 0
  let line = 0
  for await (const lines of linesOf(request))
    for (const text of lines) {
      const place = line++
      if (line > MAX_LINES) throw tooManyRows(MAX_STREAM_ROWS)
      if (text.trim() === '') continue
      if (rows.length === MAX_BATCH_ROWS || (rows.length > 0 && chars + text.length > MAX_BATCH_CHARS)) {
        yield { rows, completeUpTo: undefined }
        taken += rows.length
        rows = []
        chars = 0
      }
      if (taken + rows.length === MAX_STREAM_ROWS) throw tooManyRows(MAX_STREAM_ROWS)
      rows.push(parseBounded(text, `/${place}`))
      chars += text.length
    }
  yield { rows, completeUpTo: claim }
}

/** Blank lines are none of the rows, and work nevertheless. */
const MAX_LINES = 2 * MAX_STREAM_ROWS

/** Lines of a body, as many as came at once; a single one may be as long as a whole JSON body. */
async function* linesOf(request: Request): AsyncGenerator<readonly string[]> {
  let rest = ''
  for await (const part of textParts(request, MAX_STREAM_BYTES)) {
    const lines = (rest + part).split('\n')
    rest = lines.pop() ?? ''
    yield lines
    if (rest.length > MAX_BODY_BYTES)
      throw new ProductError('body_too_large', `A line has at most ${MAX_BODY_BYTES} bytes.`)
  }
  yield [rest]
}

const tooManyRows = (most: number): ProductError =>
  new ProductError('body_too_large', `A body has at most ${most} rows. Send smaller ones.`)

/** A claim as it is stored. */
function readClaim(text: string | undefined, { now, mayNotClaim }: Reading): string | undefined {
  if (text === undefined) return undefined
  const read = time.safeParse(text)
  if (!read.success)
    throw new ProductError('parameter_invalid', 'complete_up_to is an RFC 3339 time.', [
      { parameter: 'complete_up_to', detail: 'e.g. 2026-01-31T09:30:00.000Z' },
    ])
  const claim = String(read.data)
  if (Date.parse(claim) > now + MAX_AHEAD_MS)
    throw new ProductError(
      'claim_ahead',
      `complete_up_to ${text} is more than five minutes ahead of the clock.`,
    )
  if (mayNotClaim !== undefined) throw new ProductError('claim_refused', mayNotClaim)
  return claim
}
