/** Every problem of this package, and the one error that carries it: a refused token or batch. */

/** Code → HTTP status, title, and how the caller goes on. The catalog shows each at `/problems/<code>`. */
export const accessProblems = {
  token_missing: {
    status: 401,
    title: 'No access token',
    help: 'Send "Authorization: Bearer <token>". `mesh token <product>` prints a token; a program buys one from the catalog with its client key.',
  },
  token_invalid: {
    status: 401,
    title: 'Access token refused',
    help: 'A token is good for one product and one major, and only unchanged. Buy a new one for this product’s base URL.',
  },
  token_expired: {
    status: 401,
    title: 'Access token has expired',
    help: 'Tokens live for ten minutes. Buy a new one with the client key.',
  },
  token_revoked: {
    status: 401,
    title: 'Access token was taken back',
    help: 'Buy a new one: it shows what the grant shows now. If none is sold, the grant or the client key was revoked; the grant’s page at the catalog says by whom.',
  },
  scope_missing: {
    status: 403,
    title: 'The token does not allow this',
    help: 'The answer names the scope that is missing. Ask the product’s owner for a grant that holds it.',
  },
  issuer_unavailable: {
    status: 503,
    title: 'The catalog’s keys could not be fetched',
    help: 'Nothing is wrong with the token. Try again in a few seconds.',
  },
  revocations_unknown: {
    status: 503,
    title: 'Nobody knows which tokens were taken back',
    help: 'The catalog’s list of revocations could not be had for five minutes. Until it is back, nothing personal or sensitive is shown; a grant without such fields goes on.',
  },
  batch_malformed: {
    status: 400,
    title: 'The message is no batch',
    help: 'A batch is one compact JWS of type meshloop-batch+jws, signed with Ed25519; the payload names aud, source, n, sent_at, complete_up_to and rows.',
  },
  batch_source: {
    status: 403,
    title: 'Batch of an unknown source',
    help: 'The product’s SOURCES must list the source, over the queue, with the key that signs; the batch names that source.',
  },
  batch_signature: {
    status: 403,
    title: 'The batch’s signature is wrong',
    help: 'The message was changed on its way, or signed with another key than its kid says.',
  },
  batch_audience: {
    status: 403,
    title: 'Batch for another product',
    help: 'Sign each batch for the product and major that it is sent to, such as purchase.orders/v1.',
  },
  batch_key_window: {
    status: 403,
    title: 'The key may not sign at that time',
    help: 'A source’s key has a first and a last moment in SOURCES. Sign with the key that is current.',
  },
  batch_time: {
    status: 403,
    title: 'The batch’s time cannot be',
    help: 'sent_at may be at most five minutes ahead of the clock and at most 14 days old.',
  },
  sources_invalid: {
    status: 500,
    title: 'The product’s SOURCES are wrong',
    help: 'The product’s team corrects the variable SOURCES of its Worker; the log says what is wrong.',
  },
  private_key_invalid: {
    status: 500,
    title: 'A Worker’s private key is wrong',
    help: 'The Worker’s team sets the secret again: an Ed25519 private JWK with kid, as JSON.',
  },
} as const satisfies Record<string, { status: number; title: string; help: string }>

/** A code of {@link accessProblems}. */
export type AccessCode = keyof typeof accessProblems

/** A refusal. `message` says what, why and the fix, and is safe to show to the caller: it repeats no credential. */
export class AccessError extends Error {
  override readonly name = 'AccessError'
  readonly code: AccessCode
  /** HTTP status. */
  readonly status: (typeof accessProblems)[AccessCode]['status']
  /** With `scope_missing`: the scope that the call needs. */
  readonly scope: string | undefined

  constructor(code: AccessCode, message: string, details: { scope?: string; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause })
    this.code = code
    this.status = accessProblems[code].status
    this.scope = details.scope
  }
}

/**
 * The `WWW-Authenticate` value that belongs to a refused token (RFC 6750, section 3), or undefined where the
 * refusal is not about a token. A call without a token gets the bare challenge, as the RFC asks. `resourceMetadata` is
 * where the refusing product describes itself (RFC 9728, section 5.1).
 */
export function wwwAuthenticate(error: AccessError, resourceMetadata: string): string | undefined {
  const challenge = `Bearer realm="meshloop", resource_metadata="${resourceMetadata}"`
  switch (error.code) {
    case 'token_missing':
      return challenge
    case 'token_invalid':
    case 'token_expired':
    case 'token_revoked':
      return `${challenge}, error="invalid_token", error_description="${error.code}"`
    case 'scope_missing':
      return `${challenge}, error="insufficient_scope", scope="${error.scope ?? ''}"`
    default:
      return undefined
  }
}
