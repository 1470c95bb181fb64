/**
 * Batches that a source sends over a queue: signed by the source, since a token would expire in a retry.
 *
 * One message is one compact JWS (RFC 7515). The key says which source it is; the body must agree. Judged as of
 * `sent_at`, so that a batch that waited through a key's end still counts.
 */
import { CompactSign, compactVerify, decodeProtectedHeader } from 'jose'
import * as z from 'zod'
import { AccessError } from './access-error.ts'
import { sourceNameSchema } from './claims.ts'
import type { PrivateJwk } from './private-jwk.ts'
import type { SourceKey, Sources } from './sources.ts'

export { AccessError } from './access-error.ts'
export { parsePrivateJwk, type PrivateJwk } from './private-jwk.ts'
export { parseSources, type Source, type SourceKey, type Sources } from './sources.ts'

const typ = 'meshloop-batch+jws'
/** A queue's message holds 128 KB. */
const maxChars = 131_072
/** How far a source's clock may be ahead. */
const maxAheadMs = 5 * 60_000
/** No queue keeps a message longer; an older one was signed with a key that had leaked after its end. */
const maxAgeMs = 14 * 24 * 3_600_000

const instant = z.iso.datetime({ precision: 3 }).length(24)

const batchSchema = z.strictObject({
  /** Product and major: `purchase.orders/v1`. */
  aud: z.string().min(1).max(100),
  source: sourceNameSchema,
  /** 1, 2, 3, … without gaps, for each source and product. */
  n: z.int().min(1),
  sent_at: instant,
  /** The source has sent all up to here; null claims nothing. */
  complete_up_to: instant.nullable(),
  /** Judged one by one by the product's contract, not here. */
  rows: z.array(z.unknown()).readonly(),
})

/** What a source sends. Times are RFC 3339 UTC with milliseconds. */
export type Batch = Readonly<z.output<typeof batchSchema>>

/** A batch whose signature holds, with the key that signed it (kept beside each row, for retraction). */
export interface VerifiedBatch {
  readonly batch: Batch
  readonly kid: string
}

/** What {@link verifyBatch} compares with. */
export interface BatchChecks {
  /** This product and major: `purchase.orders/v1`. */
  readonly aud: string
  readonly sources: Sources
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Signs a batch with the source's key; the result is the queue message. */
export async function signBatch(key: PrivateJwk, batch: Batch): Promise<string> {
  const payload = new TextEncoder().encode(JSON.stringify(batchSchema.parse(batch)))
  return new CompactSign(payload).setProtectedHeader({ alg: 'Ed25519', typ, kid: key.kid }).sign(key)
}

/**
 * The batch in a queue message. Throws AccessError `batch_malformed`, `batch_source` (nobody's key, or another
 * source named in the body), `batch_signature`, `batch_audience`, `batch_key_window`, `batch_time`.
 */
export async function verifyBatch(
  message: unknown,
  { aud, sources, now }: BatchChecks,
): Promise<VerifiedBatch> {
  if (typeof message !== 'string' || message.length > maxChars) {
    throw malformed('it is not a text of at most 128 KB')
  }
  const { source, key } = signerOf(message, sources)
  const batch = await signedBatch(message, key)
  if (batch.source !== source) {
    throw new AccessError(
      'batch_source',
      `The key ${key.kid} is that of "${source}", the batch says "${batch.source}".`,
    )
  }
  if (batch.aud !== aud) {
    throw new AccessError(
      'batch_audience',
      `The batch is for ${batch.aud}; this is ${aud}. Send it to its own queue.`,
    )
  }
  checkTimes(batch, key, now())
  return { batch, kid: key.kid }
}

function signerOf(message: string, sources: Sources): { source: string; key: SourceKey } {
  const { kid, ...header } = headerOf(message)
  if (header.alg !== 'Ed25519' || header.typ !== typ) throw malformed(`its header is not Ed25519 and ${typ}`)
  for (const [source, { over, keys = [] }] of Object.entries(sources)) {
    const key = over === 'queue' ? keys.find((candidate) => candidate.kid === kid) : undefined
    if (key) return { source, key }
  }
  throw new AccessError(
    'batch_source',
    'No source that sends over the queue has the key that signed this batch.',
  )
}

function headerOf(message: string) {
  try {
    return decodeProtectedHeader(message)
  } catch {
    throw malformed('it is not a compact JWS')
  }
}

async function signedBatch(message: string, key: SourceKey): Promise<Batch> {
  let payload: Uint8Array
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: key.x }
    payload = (await compactVerify(message, jwk, { algorithms: ['Ed25519'] })).payload
  } catch (cause) {
    throw new AccessError('batch_signature', `The batch is not signed by the key ${key.kid}.`, { cause })
  }
  const batch = batchSchema.safeParse(jsonOf(payload))
  if (!batch.success) throw malformed(z.prettifyError(batch.error))
  return batch.data
}

function checkTimes({ sent_at }: Batch, { kid, from, until }: SourceKey, now: number): void {
  const sentAt = Date.parse(sent_at)
  if (sentAt > now + maxAheadMs || sentAt < now - maxAgeMs) {
    throw new AccessError(
      'batch_time',
      `The batch says it was sent at ${sent_at}: in the future, or 14 days ago.`,
    )
  }
  if ((from && sentAt < Date.parse(from)) || (until && sentAt >= Date.parse(until))) {
    throw new AccessError(
      'batch_key_window',
      `The key ${kid} may not sign at ${sent_at}. Sign with the current one.`,
    )
  }
}

function jsonOf(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(payload))
  } catch {
    return undefined
  }
}

function malformed(why: string): AccessError {
  return new AccessError('batch_malformed', `The message is no batch: ${why}.`)
}
