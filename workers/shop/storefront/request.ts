/** Requests at the edge: JSON or a form, within a limit; a page or JSON as the caller wants. */
import type { Context } from 'hono'
import type { StorefrontApp } from './env.ts'
import { StorefrontError } from './problems.ts'

/** A body that was read. */
export interface Body {
  /** Sent by the page's form: answered with a page. */
  readonly isForm: boolean
  /** JSON, or the form's fields. */
  readonly body: unknown
  /** The form's fields, the last of each name; empty for JSON. */
  readonly fields: Readonly<Record<string, string>>
}

const MAX_BYTES = 16 * 1024

/** Reads the body. @throws {StorefrontError} `media_type`, `body_too_large`, `body_malformed` */
export async function readBody(c: Context<StorefrontApp>): Promise<Body> {
  const type = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  if (type === 'application/json') return { isForm: false, body: parse(await readText(c)), fields: {} }
  if (type !== 'application/x-www-form-urlencoded')
    throw new StorefrontError('media_type', `The content-type is ${type || 'missing'}.`)
  const fields = Object.fromEntries(new URLSearchParams(await readText(c)))
  return { isForm: true, body: fields, fields }
}

/** Whether the caller wants a page: browsers ask for HTML by name. */
export const wantsPage = (c: Context<StorefrontApp>): boolean =>
  (c.req.header('accept') ?? '').includes('text/html')

async function readText(c: Context<StorefrontApp>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  // The runtime's types leave the chunks open; a body's are bytes.
  for await (const chunk of (c.req.raw.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > MAX_BYTES)
      throw new StorefrontError('body_too_large', `The body has more than ${MAX_BYTES} bytes.`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new StorefrontError('body_malformed', 'The body is not JSON.', { cause })
  }
}
