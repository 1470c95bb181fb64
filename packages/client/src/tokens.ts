/** Access tokens, bought with the client's key and kept until shortly before they end (RFC 6749, section 4.4; RFC 8707). */
import * as z from 'zod'
import type { Scope } from './product-ref.ts'
import { ClientError } from './client-error.ts'
import { exchange, jsonOf, type Fetch } from './exchange.ts'
import { readProblem, reasonOf } from './problem.ts'

/** A token is renewed so long before its end: a request that is on its way must still find it good. */
const RENEWED_BEFORE_MS = 60_000

/** `ml_<environment>_<client id>_<secret>`: only the secret has underscores, and its length is fixed. */
const clientKeyPattern = /^ml_[a-z]{1,16}_([a-z0-9.-]{1,131})_[A-Za-z0-9_-]{43}$/

const soldSchema = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,8000}$/),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.number().positive().max(86_400),
})

/** Tokens of one client. */
export interface Tokens {
  /** A token with one scope for the product at `url`. @throws {ClientError} `token_refused`, `unreachable`, `answer_invalid` */
  get(url: string, scope: Scope): Promise<string>
  /** Never gives that token again: the product refused it. */
  forget(url: string, scope: Scope): void
}

/** What tokens are bought with. */
export interface TokenOptions {
  readonly issuer: string
  readonly clientKey: string
  readonly fetch: Fetch
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** @throws {ClientError} `client_key_invalid` */
export function tokensOf(options: TokenOptions): Tokens {
  const clientId = clientKeyPattern.exec(options.clientKey)?.[1]
  if (clientId === undefined)
    throw new ClientError(
      'client_key_invalid',
      'The client key is not "ml_<environment>_<client id>_<secret>". Set it as the catalog’s operator gave it.',
    )
  const kept = new Map<string, { readonly token: string; readonly untilMs: number }>()
  return {
    async get(url, scope) {
      const name = `${scope} ${url}`
      const known = kept.get(name)
      if (known && known.untilMs > options.now()) return known.token
      const { access_token, expires_in } = await buy(options, clientId, url, scope)
      kept.set(name, {
        token: access_token,
        untilMs: options.now() + expires_in * 1000 - RENEWED_BEFORE_MS,
      })
      return access_token
    },
    forget: (url, scope) => void kept.delete(`${scope} ${url}`),
  }
}

async function buy({ issuer, clientKey, fetch }: TokenOptions, clientId: string, url: string, scope: Scope) {
  const endpoint = `${issuer}/oauth/token`
  const answer = await exchange(fetch, endpoint, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      authorization: `Basic ${btoa(`${clientId}:${clientKey}`)}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: url, scope }).toString(),
  })
  const { status, text } = answer
  if (status !== 200) {
    const problem = readProblem(text)
    const code = status >= 400 && status < 500 ? 'token_refused' : 'unreachable'
    throw new ClientError(
      code,
      `${endpoint} sells ${clientId} no ${scope} token for ${url}: ${reasonOf(problem, status)}`,
      { status, problem },
    )
  }
  const sold = soldSchema.safeParse(jsonOf(endpoint, answer))
  if (!sold.success) throw new ClientError('answer_invalid', `${endpoint} answered no token.`, { status })
  return sold.data
}
