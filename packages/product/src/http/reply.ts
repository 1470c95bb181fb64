/** What a handler answers, and the one place where it becomes a response. */

/** An answer before it is a response: a `Response` costs more with each header that is set on it afterwards. */
export interface Reply {
  /** Default 200. */
  readonly status?: number
  /** Its own object: headers are added to it. */
  readonly headers: Record<string, string>
  readonly body: string | Uint8Array | ReadableStream | null
}

/** Headers that every answer of a request has; `link` is added to the links that it has already. */
export type Common = Readonly<Record<string, string>>

/** A JSON document as a reply. */
export const jsonReply = (value: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
})

/** The response, without its body to HEAD (RFC 9110, section 9.3.2). */
export function responseOf({ method }: Request, reply: Reply | Response, common: Common): Response {
  const response = reply instanceof Response ? withHeaders(reply, common) : made(reply, common)
  return method === 'HEAD' && response.body !== null ? new Response(null, response) : response
}

function made({ status = 200, headers, body }: Reply, common: Common): Response {
  const { link } = headers
  const all = Object.assign(headers, common)
  if (link !== undefined && common['link'] !== undefined) all['link'] = `${link}, ${common['link']}`
  return new Response(body, { status, headers: all })
}

function withHeaders(response: Response, common: Common): Response {
  for (const [name, value] of Object.entries(common))
    if (name === 'link') response.headers.append(name, value)
    else response.headers.set(name, value)
  return response
}
