/** The body of an ingest request: rows and, if it says so, up to when the source is complete. */
import { zodOf } from '@meshloop/contract'
import * as z from 'zod'
import { MAX_AHEAD_MS, MAX_BODY_BYTES, MAX_BODY_ROWS, MAX_DEPTH } from '../limits.ts'
import { ProductError } from '../problems.ts'

/** A batch as it was sent: rows are not judged yet. */
export interface SentBatch {
  readonly rows: readonly unknown[]
  /** RFC 3339 UTC with milliseconds. */
  readonly completeUpTo: string | undefined
}

const time = zodOf({ kind: 'time', nullable: false })
const jsonBody = z.strictObject({ rows: z.array(z.unknown()), complete_up_to: z.string().optional() })

/**
 * Reads a batch: JSON `{"rows":[…],"complete_up_to":…}`, or NDJSON with `?complete_up_to=`.
 *
 * @throws {ProductError} `media_type`, `body_too_large`, `body_malformed`, `parameter_unknown`, `parameter_invalid`, `claim_ahead`.
 */
export async function readBody(request: Request, now: number): Promise<SentBatch> {
  const query = new URL(request.url).searchParams
  const unknown = [...query.keys()].filter((key) => key !== 'complete_up_to')
  if (unknown.length > 0)
    throw new ProductError(
      'parameter_unknown',
      `Unknown: ${unknown.join(', ')}; allowed is complete_up_to.`,
      unknown.map((parameter) => ({ parameter, detail: 'unknown; allowed is complete_up_to' })),
    )
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json' && type !== 'application/x-ndjson')
    throw new ProductError(
      'media_type',
      `${type ?? 'No media type'} cannot be read. Send application/json or application/x-ndjson.`,
    )
  const text = await readText(request)
  const { rows, complete_up_to } = type === 'application/json' ? parseJson(text) : { rows: parseLines(text) }
  if (rows.length > MAX_BODY_ROWS)
    throw new ProductError(
      'body_too_large',
      `A body has at most ${MAX_BODY_ROWS} rows; this one has ${rows.length}. Send smaller batches.`,
    )
  const claim = query.get('complete_up_to') ?? complete_up_to
  return { rows, completeUpTo: claim === undefined ? undefined : readClaim(claim, now) }
}

/**
 * Reads a JSON body of a known shape.
 *
 * @throws {ProductError} `body_too_large`, `body_malformed`.
 */
export async function readJson<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  const read = schema.safeParse(parse(await readText(request), ''))
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw malformed(issue?.message ?? 'it has another shape', `/${issue?.path.join('/') ?? ''}`)
}

async function readText(request: Request): Promise<string> {
  const tooLarge = new ProductError(
    'body_too_large',
    `A body has at most ${MAX_BODY_BYTES} bytes. Send smaller batches.`,
  )
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw tooLarge
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  let bytes = 0
  let text = ''
  try {
    for await (const part of bytesOf(request)) {
      bytes += part.byteLength
      if (bytes > MAX_BODY_BYTES) throw tooLarge
      text += decoder.decode(part, { stream: true })
    }
    return text + decoder.decode()
  } catch (error) {
    if (error === tooLarge) throw tooLarge
    throw malformed('it is not UTF-8', '')
  }
}

const bytesOf = (request: Request): AsyncIterable<Uint8Array> | readonly Uint8Array[] => request.body ?? []

function parseJson(text: string): { rows: unknown[]; complete_up_to?: string | undefined } {
  const body = jsonBody.safeParse(parse(text, ''))
  if (body.success) return body.data
  const [issue] = body.error.issues
  throw malformed(
    `expected {"rows":[…],"complete_up_to":"…"}: ${issue?.message ?? ''}`,
    `/${issue?.path.join('/') ?? ''}`,
  )
}

function parseLines(text: string): unknown[] {
  return text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [parse(line, `/${index}`)]))
}

function parse(text: string, pointer: string): unknown {
  if (depthOf(text) > MAX_DEPTH) throw malformed(`it is nested deeper than ${MAX_DEPTH} levels`, pointer)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : 'it is not JSON', pointer)
  }
}

/** Depth of brackets outside strings, counted on the text: a deep value is never built. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (quoted) {
      if (c === '\\') i++
      else if (c === '"') quoted = false
    } else if (c === '"') quoted = true
    else if (c === '[' || c === '{') deepest = Math.max(deepest, ++depth)
    else if (c === ']' || c === '}') depth--
  }
  return deepest
}

function readClaim(text: string, now: number): string {
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
  return claim
}

const malformed = (why: string, pointer: string): ProductError =>
  new ProductError('body_malformed', `The body cannot be read: ${why}.`, [{ pointer, detail: why }])
