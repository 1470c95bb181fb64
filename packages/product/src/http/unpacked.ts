/** Bodies as they are sent, packed or not. */
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { ProductError } from '../problems.ts'
import { bodyMalformed } from './bounded-json.ts'

/** Bytes that are unpacked at a time: whoever reads none further makes none further. */
const STEP_BYTES = 64 * 1024

/**
 * The bytes of a body, unpacked where `Content-Encoding` says `gzip`. They are unpacked as they are read (the runtime's own
 * DecompressionStream does not wait), so that a reader who stops at a bound has no more than that in memory.
 *
 * @throws {ProductError} `encoding` for any other way of packing. Reading throws `body_malformed` at bytes that are no gzip,
 *   and when its sender broke it off.
 */
export function unpackedBody(request: Request): AsyncIterable<Uint8Array> {
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity'
  if (encoding !== 'identity' && encoding !== 'gzip')
    throw new ProductError(
      'encoding',
      `A body in ${encoding} cannot be read. Send it as it is, or with gzip.`,
      [],
      { headers: { 'accept-encoding': 'gzip' } }, // RFC 9110, section 15.5.16
    )
  const bytes = sentBytes(request)
  return encoding === 'gzip' ? gunzipped(bytes) : bytes
}

/** That a sender goes away is told in the same words as that the database does: here, and only here, it is known who went. */
async function* sentBytes({ body }: Request): AsyncGenerator<Uint8Array> {
  if (!body) return
  const reader = (body as ReadableStream<Uint8Array>).getReader() // a request's body is bytes
  try {
    for (let part = await next(reader); !part.done; part = await next(reader)) yield part.value
  } finally {
    await reader.cancel().catch(() => undefined) // nobody reads on: what came is all that counts
  }
}

async function next(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return await reader.read()
  } catch {
    throw bodyMalformed('it broke off')
  }
}

async function* gunzipped(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(packed, { highWaterMark: 1 })
  const gunzip = createGunzip({ chunkSize: STEP_BYTES })
  source.on('error', (error) => gunzip.destroy(error))
  source.pipe(gunzip)
  try {
    for await (const part of gunzip) yield part as Uint8Array // what gunzip puts out without an encoding
  } catch {
    throw bodyMalformed('it ended too early, or it is not gzip')
  } finally {
    source.destroy()
    gunzip.destroy()
  }
}
