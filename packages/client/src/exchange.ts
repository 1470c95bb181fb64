/** One HTTP request with bounds: in time, in size, without redirects. A credential goes where it was meant to go only. */
import { ClientError } from './client-error.ts'

/** The part of `fetch` that is needed; `globalThis.fetch` is one. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Greatest answer that is read, in bytes: a page of 1,000 records with room to spare, far below an isolate's 128 MB. */
const MAX_ANSWER_BYTES = 8_000_000

/** How long a request may take until its last byte has come, unless the caller says otherwise. */
export const TIMEOUT_MS = 10_000

/** A whole answer. */
export interface Exchanged {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Sends a request. @throws {ClientError} `unreachable`, `answer_invalid` for a redirect, `answer_too_large` */
export async function exchange(
  fetch: Fetch,
  url: string,
  init: RequestInit,
  timeoutMs: number = TIMEOUT_MS,
  maxBytes: number = MAX_ANSWER_BYTES,
): Promise<Exchanged> {
  // Not AbortSignal.timeout: its timer goes on after the answer, and an invocation may have 10,000 of them at once.
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), timeoutMs)
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: controller.signal })
    const { status, headers } = response
    if (status >= 300 && status < 400) {
      await response.body?.cancel()
      throw new ClientError('answer_invalid', `${url} redirects; it must answer itself.`, { status })
    }
    return { status, headers, text: await readText(url, response, maxBytes) }
  } catch (cause) {
    if (cause instanceof ClientError) throw cause
    throw new ClientError('unreachable', `${url} gave no whole answer within ${timeoutMs} ms.`, { cause })
  } finally {
    clearTimeout(timer)
  }
}

/** The JSON value of an answer. @throws {ClientError} `answer_invalid` */
export function jsonOf(url: string, { text, status }: Exchanged): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ClientError('answer_invalid', `${url} did not answer JSON.`, { status, cause })
  }
}

async function readText(url: string, response: Response, maxBytes: number): Promise<string> {
  if (response.body === null) return ''
  const decoder = new TextDecoder()
  // The runtime's types leave the chunks open; a body's are bytes.
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  let text = ''
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.byteLength
    if (bytes > maxBytes) {
      await reader.cancel()
      throw new ClientError(
        'answer_too_large',
        `${url} answered more than ${maxBytes} bytes. Ask for less at a time.`,
        { status: response.status },
      )
    }
    text += decoder.decode(value, { stream: true })
  }
}
