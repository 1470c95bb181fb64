/** The text of a body, as it comes: unpacked, bounded, and in UTF-8 throughout. */
import { ProductError } from '../problems.ts'
import { bodyMalformed } from './bounded-json.ts'
import { unpackedBody } from './unpacked.ts'

/**
 * The parts of a body's text.
 *
 * @throws {ProductError} `encoding`, `body_too_large`, `body_malformed`.
 */
export async function* textParts(request: Request, maxBytes: number): AsyncGenerator<string> {
  const tooLarge = new ProductError(
    'body_too_large',
    `A body has at most ${maxBytes} bytes, unpacked. Send smaller batches.`,
  )
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  let bytes = 0
  for await (const part of unpackedBody(request)) {
    bytes += part.byteLength
    if (bytes > maxBytes) throw tooLarge
    yield decoded(() => decoder.decode(part, { stream: true }))
  }
  yield decoded(() => decoder.decode())
}

/** The whole text. @throws {ProductError} as {@link textParts}. */
export async function readText(request: Request, maxBytes: number): Promise<string> {
  let text = ''
  for await (const part of textParts(request, maxBytes)) text += part
  return text
}

function decoded(decode: () => string): string {
  try {
    return decode()
  } catch {
    throw bodyMalformed('it is not UTF-8')
  }
}
