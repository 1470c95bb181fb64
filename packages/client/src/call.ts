/** Calls to products: the address from the catalog, a token for one scope, one bounded request, JSON back. */
import { addressBook } from './addresses.ts'
import type { Answer } from './answer.ts'
import { ClientError } from './client-error.ts'
import { readDeprecation, type Deprecation } from './deprecation.ts'
import { jsonOf, type Exchanged } from './exchange.ts'
import { patientExchange, type PatienceOptions } from './patient.ts'
import { readProblem, reasonOf } from './problem.ts'
import type { ProductRef, Scope } from './product-ref.ts'
import { instant } from './read-answer.ts'
import { tokensOf, type TokenOptions } from './tokens.ts'

/** How to call. */
export interface CallInit {
  /** Default `GET`. */
  readonly method?: 'GET' | 'POST'
  /** JSON text. */
  readonly body?: string
  /** Milliseconds until the last byte has come, waits for Retry-After among them. Default 10,000. */
  readonly timeoutMs?: number
}

/**
 * Calls a product; `path` is below its base URL.
 *
 * @throws {ClientError} `product_unknown`, `token_refused`, `refused`, `unreachable`, `answer_too_large`, `answer_invalid`
 */
export type Call = (ref: ProductRef, scope: Scope, path: `/${string}`, init?: CallInit) => Promise<Answer>

/** As a `Call`, for an answer of any media type. */
export type Send = (
  ref: ProductRef,
  scope: Scope,
  path: `/${string}`,
  init?: CallInit & {
    /** Greatest answer that is read. Default 8,000,000. */
    readonly maxBytes?: number
  },
) => Promise<Exchanged & { readonly url: string }>

/** What calls are made with. */
export interface CallOptions extends TokenOptions, PatienceOptions {
  /** Told of each deprecated major that is called, once. Default: nobody is. */
  readonly onDeprecation?: (ref: ProductRef, deprecation: Deprecation) => void
}

/** Makes the `Call` of one client. */
export const createCall =
  (send: Send): Call =>
  async (ref, scope, path, init) => {
    const answer = await send(ref, scope, path, init)
    const { status, headers, url } = answer
    return { status, headers, json: jsonOf(url, answer), as_of: asOf(url, headers) }
  }

/** Makes the `Send` of one client. @throws {ClientError} `client_key_invalid` */
export function createSend(options: CallOptions): Send {
  const { issuer, now } = options
  const ask = patientExchange(options)
  const told = new Set<string>()
  const tell = (ref: ProductRef, headers: Headers): void => {
    const deprecation = readDeprecation(headers)
    const name = `${ref.product}/v${ref.major}`
    if (!deprecation || told.has(name)) return
    told.add(name)
    options.onDeprecation?.(ref, deprecation)
  }
  const find = addressBook(issuer, ask, now)
  const tokens = tokensOf(options)
  return async (ref, scope, path, { method = 'GET', body, timeoutMs, maxBytes } = {}) => {
    const base = await find(ref)
    const url = `${base}${path}`
    const send = async (): Promise<Exchanged> => {
      const headers = {
        accept: 'application/json',
        authorization: `Bearer ${await tokens.get(base, scope)}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      }
      const init = { method, headers, ...(body === undefined ? {} : { body }) }
      return ask(url, init, timeoutMs, maxBytes)
    }
    let answer = await send()
    if (answer.status === 401) {
      // The grant was changed (`token_revoked`), keys were replaced, or a clock is off: nothing was done, so a fresh token may try once.
      tokens.forget(base, scope)
      answer = await send()
    }
    const { status, headers } = answer
    tell(ref, headers)
    if (status < 200 || status > 299) throw refused(`${method} ${url}`, answer)
    return { ...answer, url }
  }
}

/** @throws {ClientError} `answer_invalid`: a time that cannot be compared is worse than none. */
function asOf(url: string, headers: Headers): string | null {
  const text = headers.get('meshloop-as-of')
  if (text === null || instant.safeParse(text).success) return text
  throw new ClientError('answer_invalid', `${url} answered a Meshloop-As-Of that is no time.`)
}

function refused(what: string, { status, text }: Exchanged): ClientError {
  const problem = readProblem(text)
  return new ClientError('refused', `${what} was refused: ${reasonOf(problem, status)}`, { status, problem })
}
