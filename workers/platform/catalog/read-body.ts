/** Reads a request's body within a limit; a parser never sees more. */
import type { Context } from 'hono'
import type * as z from 'zod'
import type { CatalogApp } from './env.ts'
import { CatalogError } from './problems.ts'

/** For everything but contracts. */
export const smallBody = 16 * 1024

/** The body as text. Throws CatalogError `body_too_large`. */
export async function readText(c: Context<CatalogApp>, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  // The runtime's types leave the chunks open; a body's are bytes.
  for await (const chunk of (c.req.raw.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > maxBytes) throw new CatalogError('body_too_large', `The body has more than ${maxBytes} bytes.`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

/** The body as JSON of that shape. Throws CatalogError `body_malformed`, `body_too_large`. */
export async function readJson<T>(
  c: Context<CatalogApp>,
  schema: z.ZodType<T>,
  maxBytes = smallBody,
): Promise<T> {
  const body = schema.safeParse(parse(await readText(c, maxBytes)))
  if (body.success) return body.data
  const errors = body.error.issues.map(({ path, message }) => ({
    pointer: path.map((part) => `/${String(part)}`).join(''),
    detail: message,
  }))
  const message = errors.map(({ pointer, detail }) => `${pointer || 'body'}: ${detail}`).join('; ')
  throw new CatalogError('body_malformed', message, { errors })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new CatalogError('body_malformed', 'The body is not JSON.', { cause })
  }
}
