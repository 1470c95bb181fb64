/** Every problem that the catalog answers with, and the error that carries one. */
import { clientProblems } from './clients/problems.ts'
import { grantProblems } from './grants/problems.ts'
import { noticeProblems } from './notices/problems.ts'
import { peopleProblems } from './people/problems.ts'
import { productProblems } from './products/problems.ts'
import { tokenProblems } from './tokens/problems.ts'
import type { ProblemEntry } from './problem-entry.ts'

/** Code → HTTP status, title, and how the caller goes on. */
export const catalogProblems = {
  ...clientProblems,
  ...productProblems,
  ...tokenProblems,
  ...peopleProblems,
  ...noticeProblems,
  ...grantProblems,
  body_malformed: {
    status: 400,
    title: 'Body cannot be read',
    help: 'Send JSON as the message says, with content-type application/json.',
  },
  parameter_invalid: {
    status: 400,
    title: 'Parameter with a wrong value',
    help: 'The message names the parameter and what it may be.',
  },
  body_too_large: {
    status: 413,
    title: 'Body over the limit',
    help: 'Contracts take at most 1 MB, other requests 16 KB.',
  },
  operator_only: {
    status: 401,
    title: 'For the operator only',
    help: 'Send the operator’s key as "Authorization: Bearer <key>".',
  },
  overloaded: {
    status: 503,
    title: 'Too much at once',
    help: 'Nothing was changed. Ask again in a moment.',
  },
  not_found: {
    status: 404,
    title: 'Nothing here',
    help: 'Begin at the list of products.',
  },
  internal: {
    status: 500,
    title: 'Fault of the catalog',
    help: 'Ask again; if it stays, tell the operator.',
  },
} as const satisfies Record<string, ProblemEntry>

/** A code of {@link catalogProblems}. */
export type CatalogCode = keyof typeof catalogProblems

/** One part of what is wrong. */
export interface ProblemDetail {
  /** Where in the body: `/contract/fields/status`. */
  readonly pointer?: string
  readonly detail: string
  /** Id of the policy, for `policy_breach`. */
  readonly policy?: string
  /** Where in the contract, as `mesh check` and `mesh diff` say it: `fields.status`. */
  readonly path?: string
  readonly problem?: string
  readonly reason?: string
  /** How to mend it. */
  readonly remedy?: string
}

/** What the catalog refuses. `message` says what, why and the fix, and is shown to the caller. */
export class CatalogError extends Error {
  override readonly name = 'CatalogError'
  readonly code: CatalogCode
  readonly errors: readonly ProblemDetail[]

  constructor(
    code: CatalogCode,
    message: string,
    details: { errors?: readonly ProblemDetail[]; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? {} : { cause: details.cause })
    this.code = code
    this.errors = details.errors ?? []
  }
}
