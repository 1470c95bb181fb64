/** What can go wrong between two products, with a stable code. */
import type { Problem } from './problem.ts'

/**
 * - `client_key_invalid`: the key given to `createClient` is none.
 * - `product_unknown`: the catalog has no such product, or not this major of it.
 * - `token_refused`: the catalog sells this client no such token; `problem` says why.
 * - `refused`: the product answered a problem; `problem` is what it said. With 503 the same call may succeed later: `stale`,
 *   or `revocations_unknown` while the product cannot learn from the catalog which tokens were taken back.
 * - `unreachable`: no whole answer in time, or the catalog failed. Try again later.
 * - `answer_too_large`: more bytes than are read. Ask for less at a time.
 * - `answer_invalid`: an answer that is none: a redirect, no JSON, another shape, against the contract.
 * - `batch_too_large`: more rows or bytes than one batch may have. Nothing was sent.
 */
export type ClientCode =
  | 'client_key_invalid'
  | 'product_unknown'
  | 'token_refused'
  | 'refused'
  | 'unreachable'
  | 'answer_too_large'
  | 'answer_invalid'
  | 'batch_too_large'

/** Thrown by everything here. `message` says who answered what, and never holds a key or a token. */
export class ClientError extends Error {
  override readonly name = 'ClientError'
  readonly code: ClientCode
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined
  /** The problem document that was answered, if one was. */
  readonly problem: Problem | undefined

  constructor(
    code: ClientCode,
    message: string,
    details: { status?: number; problem?: Problem | undefined; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? {} : { cause: details.cause })
    this.code = code
    this.status = details.status
    this.problem = details.problem
  }
}
