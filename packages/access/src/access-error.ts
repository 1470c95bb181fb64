/** The one error of this package: a refused token or batch, with a stable code and the HTTP status that fits. */

/** Every code that this package throws, with its HTTP status. The catalog has a page for each. */
export const accessCodes = {
  token_missing: 401,
  token_invalid: 401,
  token_expired: 401,
  scope_missing: 403,
  issuer_unavailable: 503,
  batch_malformed: 400,
  batch_source: 403,
  batch_signature: 403,
  batch_audience: 403,
  batch_key_window: 403,
  batch_time: 403,
  sources_invalid: 500,
  key_invalid: 500,
} as const

/** A code of {@link accessCodes}. */
export type AccessCode = keyof typeof accessCodes

/** A refusal. `message` says what, why and the fix, and is safe to show to the caller: it repeats no credential. */
export class AccessError extends Error {
  override readonly name = 'AccessError'
  readonly code: AccessCode
  /** HTTP status. */
  readonly status: (typeof accessCodes)[AccessCode]
  /** With `scope_missing`: the scope that the call needs. */
  readonly scope: string | undefined

  constructor(code: AccessCode, message: string, details: { scope?: string; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause })
    this.code = code
    this.status = accessCodes[code]
    this.scope = details.scope
  }
}

/**
 * The `WWW-Authenticate` value that belongs to a refused token (RFC 6750, section 3), or undefined where the
 * refusal is not about a token. A call without a token gets the bare challenge, as the RFC asks.
 */
export function wwwAuthenticate(error: AccessError): string | undefined {
  switch (error.code) {
    case 'token_missing':
      return 'Bearer realm="meshloop"'
    case 'token_invalid':
    case 'token_expired':
      return `Bearer realm="meshloop", error="invalid_token", error_description="${error.code}"`
    case 'scope_missing':
      return `Bearer realm="meshloop", error="insufficient_scope", scope="${error.scope ?? ''}"`
    default:
      return undefined
  }
}
