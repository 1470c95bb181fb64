/** Every problem that the storefront answers with, and the error that carries one. */

/** Code → HTTP status, title, and how the caller goes on. Shown at `/shop/storefront/problems/<code>`. */
export const storefrontProblems = {
  body_malformed: {
    status: 400,
    title: 'Body cannot be read',
    help: 'Send a JSON object with content-type application/json, or the form of the page.',
  },
  input_invalid: {
    status: 400,
    title: 'Input with mistakes',
    help: 'Correct what `errors` names; everything else was fine.',
  },
  body_too_large: { status: 413, title: 'Body over the limit', help: 'A request takes at most 16 KB.' },
  media_type: {
    status: 415,
    title: 'Unknown media type',
    help: 'Send application/json, or a form as application/x-www-form-urlencoded.',
  },
  foreign_site: {
    status: 403,
    title: 'Sent by another site',
    help: 'Open the shop’s own page and send the form from there; other sites may only link to it.',
  },
  cart_reused: {
    status: 409,
    title: 'Cart was ordered already',
    help: 'One cart_id is one order. Leave it out or use a new one for another order.',
  },
  order_unknown: { status: 404, title: 'No such order', help: 'Check the number of the order.' },
  link_unknown: {
    status: 404,
    title: 'No such link',
    help: 'Open the link from the message once more; it must be complete.',
  },
  link_used: {
    status: 409,
    title: 'Link was used already',
    help: 'A link answers for one order, once. Look at the order to see where it stands.',
  },
  link_expired: { status: 410, title: 'Link has expired', help: 'Place the order again.' },
  answer_refused: {
    status: 409,
    title: 'Not yours to approve',
    help: 'A person looks at this order. You can only say that it was not you; then it is cancelled.',
  },
  not_found: { status: 404, title: 'Nothing here', help: 'Begin at /shop/storefront/.' },
  internal: {
    status: 500,
    title: 'Fault of the shop',
    help: 'Try again; nothing is ordered or charged twice with the same cart_id.',
  },
} as const satisfies Record<string, { status: number; title: string; help: string }>

/** A code of {@link storefrontProblems}. */
export type StorefrontCode = keyof typeof storefrontProblems

/** One part of what is wrong. */
export interface ProblemDetail {
  /** Where in the body: `/total_cents`. */
  readonly pointer: string
  readonly detail: string
}

/** What the storefront refuses. `message` says what, why and the fix, and is shown to the caller. */
export class StorefrontError extends Error {
  override readonly name = 'StorefrontError'
  readonly code: StorefrontCode
  readonly errors: readonly ProblemDetail[]

  constructor(
    code: StorefrontCode,
    message: string,
    details: { errors?: readonly ProblemDetail[]; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? {} : { cause: details.cause })
    this.code = code
    this.errors = details.errors ?? []
  }
}
