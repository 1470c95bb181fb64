/** Fetches a text from a host that we do not control: no redirects, a time limit, a size limit. */

/** The part of `fetch` that this package needs; `globalThis.fetch` is one. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Bounds of one fetch. */
export interface FetchOptions {
  readonly fetch: Fetch
  /** Until the last byte of the body has come. */
  readonly timeoutMs: number
  /** Greatest body that is read, in bytes. */
  readonly maxBytes: number
  /** Sent as they are. Default none: a credential goes only where the caller puts it. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Why a document could not be had. */
export type FetchFailure = 'unreachable' | 'redirect' | 'status' | 'too_large' | 'not_json'

/** Thrown by {@link fetchText} and by what is made of it. */
export class FetchError extends Error {
  override readonly name = 'FetchError'
  readonly code: FetchFailure
  /** Status of the answer, if there was one. */
  readonly status: number | undefined

  constructor(code: FetchFailure, message: string, status?: number, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause })
    this.code = code
    this.status = status
  }
}

/** A whole answer with a status of success. */
export interface FetchedText {
  readonly text: string
  readonly status: number
}

/** GETs `url`. Throws {@link FetchError}; a redirect is an error, never followed. */
export async function fetchText(url: string, options: FetchOptions): Promise<FetchedText> {
  const response = await get(url, options)
  const { status } = response
  if (status >= 300 && status < 400) {
    await response.body?.cancel()
    throw new FetchError('redirect', `${url} redirects; give the address that answers.`, status)
  }
  if (!response.ok) {
    await response.body?.cancel()
    throw new FetchError('status', `${url} answered ${status}.`, status)
  }
  return { text: await readText(url, response, options.maxBytes), status }
}

async function get(url: string, { fetch, timeoutMs, headers = {} }: FetchOptions): Promise<Response> {
  try {
    return await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs), headers })
  } catch (cause) {
    throw new FetchError('unreachable', `${url} did not answer within ${timeoutMs} ms.`, undefined, cause)
  }
}

async function readText(url: string, response: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  if (response.body === null) return text
  // The runtime's types leave the chunks open; a body's are bytes.
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return text + decoder.decode()
      size += value.byteLength
      if (size > maxBytes) {
        await reader.cancel()
        throw new FetchError('too_large', `${url} sent more than ${maxBytes} bytes.`, response.status)
      }
      text += decoder.decode(value, { stream: true })
    }
  } catch (cause) {
    if (cause instanceof FetchError) throw cause
    throw new FetchError('unreachable', `${url} broke off its answer.`, response.status, cause)
  }
}
