/** Every problem that a product answers with, and the error that carries one. RFC 9457 documents are made in `http/problem.ts`. */

/** Code → HTTP status, title, and how the caller goes on. The catalog shows each at `/problems/<code>`. */
export const problems = {
  parameter_unknown: {
    status: 400,
    title: 'Unknown parameter',
    help: 'Use the parameters that the OpenAPI document lists; `errors` names what is allowed.',
  },
  parameter_invalid: {
    status: 400,
    title: 'Parameter with a wrong value',
    help: 'Correct the value; `errors` says what is expected.',
  },
  cursor_invalid: {
    status: 400,
    title: 'Cursor of another query',
    help: 'Use a cursor only with the query that returned it, or begin again without one.',
  },
  query_too_costly: {
    status: 400,
    title: 'Query that would read too much',
    help: 'Narrow the query as `errors` says, or ask the owner for the index that it names: it is written in the contract as it stands there.',
  },
  body_malformed: {
    status: 400,
    title: 'Body cannot be read',
    help: 'Send what the detail asks for, in UTF-8: for ingest JSON `{"rows":[…]}`, or NDJSON, one row a line.',
  },
  claim_ahead: {
    status: 400,
    title: 'Claim about the future',
    help: 'complete_up_to may be at most five minutes ahead of the clock.',
  },
  claim_refused: {
    status: 403,
    title: 'Source may not claim',
    help: 'A backfill source loads history and says nothing about completeness; leave complete_up_to out.',
  },
  source_unknown: {
    status: 403,
    title: 'Source is not one of this product',
    help: 'The product’s domain lists its sources in the variable SOURCES of its Worker.',
  },
  rows_restricted: {
    status: 403,
    title: 'Feed not open to this grant',
    help: 'Read /records, or ask the owner for a grant of all rows.',
  },
  columns_restricted: {
    status: 403,
    title: 'Feed not open to this grant',
    help: 'Read /records, or ask the owner for a grant of all fields up to a class.',
  },
  key_hidden: {
    status: 403,
    title: 'Feed not open to this grant',
    help: 'Read /records, or ask the owner for a grant that shows the key.',
  },
  exports_restricted: {
    status: 403,
    title: 'Exports not open to this grant',
    help: 'Read /records, or ask the owner for a grant that shows everything.',
  },
  view_unfit: {
    status: 403,
    title: 'Grant that does not fit the product',
    help: 'The operator corrects the grant’s rows: a condition names a field of the contract, an operator of its kind, and values of it.',
  },
  not_found: {
    status: 404,
    title: 'Nothing here',
    help: 'Look at the OpenAPI document for the addresses of this product.',
  },
  port_not_offered: {
    status: 404,
    title: 'The contract leaves this port out',
    help: 'Use the ports that the OpenAPI document lists, or ask the owner to offer this one.',
  },
  record_not_found: {
    status: 404,
    title: 'No such record',
    help: 'Check the key; a deleted record is not found either.',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method that the address does not have',
    help: 'Use a method that the header Allow names.',
  },
  not_acceptable: {
    status: 406,
    title: 'Not to be had in the media types that are asked for',
    help: 'Send Accept with a media type that the OpenAPI document lists, or none.',
  },
  export_not_found: {
    status: 404,
    title: 'No such export',
    help: 'Read /exports for those that are there: one that was replaced is deleted after a time.',
  },
  run_conflict: { status: 409, title: 'Another run was faster', help: 'Nothing is lost: ask again.' },
  major_ended: {
    status: 410,
    title: 'This major is no longer served',
    help: 'Read the newest major, which the link rel="successor-version" names; its contract says what is different.',
  },
  ingest_moved: {
    status: 410,
    title: 'Only the newest major takes rows in',
    help: 'Send rows in the shape of the newest major to its address, which the detail and the link rel="successor-version" name.',
  },
  resync_required: {
    status: 410,
    title: 'The feed cannot go on from this cursor',
    help: 'Begin again, with the export that the detail names or without a cursor, and replace what you have.',
  },
  body_too_large: {
    status: 413,
    title: 'Body over the limit',
    help: 'Send smaller batches; `mesh ingest` does so by itself.',
  },
  range_not_satisfiable: {
    status: 416,
    title: 'Range outside of the file',
    help: 'Ask for bytes that the file has; Content-Range tells how many there are.',
  },
  media_type: {
    status: 415,
    title: 'Unknown media type',
    help: 'Send application/json or application/x-ndjson.',
  },
  encoding: {
    status: 415,
    title: 'Body packed in an unknown way',
    help: 'Send it as it is, or with Content-Encoding: gzip.',
  },
  idempotency_in_flight: {
    status: 409,
    title: 'The first request with this key is at work',
    help: 'Ask again after the seconds of Retry-After; a request that was broken off blocks its key for a minute.',
  },
  idempotency_mismatch: {
    status: 422,
    title: 'Another body with the same key',
    help: 'Use an Idempotency-Key for one body only: a new one for each body.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    help: 'Wait for the seconds of Retry-After; the headers RateLimit and RateLimit-Policy tell how many requests are left.',
  },
  quota_exceeded: {
    status: 429,
    title: 'The rows of the day are read',
    help: 'Read on tomorrow (UTC), read less at a time, or ask the owner for a grant of more rows a day.',
  },
  overloaded: {
    status: 429,
    title: 'More than can be written now',
    help: 'Send the same again after the seconds of Retry-After; nothing of it was taken in.',
  },
  database_full: {
    status: 507,
    title: 'The database is full',
    help: 'Tell the product’s support: records must leave by retention, or the product be split. Nothing of it was taken in.',
  },
  database_unavailable: {
    status: 503,
    title: 'The database did not answer',
    help: 'Send the same again after the seconds of Retry-After: what had been written after all is repeated, and changes nothing.',
  },
  stale: {
    status: 503,
    title: 'Data older than asked for',
    help: 'Ask again later, or with a greater max_staleness.',
  },
  input_unavailable: {
    status: 503,
    title: 'An input cannot be read',
    help: 'The next run tries again; the watermark stands still until then.',
  },
  database_behind: {
    status: 503,
    title: 'The database waits for a migration',
    help: 'The product’s team applies the migrations of the version that it deployed; nothing is lost meanwhile.',
  },
  flags_stopped: {
    status: 503,
    title: 'No flags can be signed',
    help: 'Compare the clocks, and see why pages were not put again. Readers go by the last head until it ends.',
  },
  flags_unconfigured: {
    status: 500,
    title: 'The flags port lacks its keys',
    help: 'The product’s team sets ENVIRONMENT, FLAGS_KEY and FLAGS_SECRET of its Worker.',
  },
  internal: {
    status: 500,
    title: 'Fault of the product',
    help: 'Ask again; if it stays, tell the product’s support.',
  },
} as const satisfies Record<string, { status: number; title: string; help: string }>

/** A code of {@link problems}. */
export type ProblemCode = keyof typeof problems

/** One part of what is wrong: a parameter, or a place in the body. */
export interface ProblemDetail {
  readonly parameter?: string
  readonly pointer?: string
  readonly detail: string
}

/** Rows of a body that were taken in before it was refused. */
export interface Taken {
  readonly accepted: number
  readonly repeated: number
  readonly quarantined: number
}

/** What else a refusal may say. */
export interface ProblemOptions {
  /** When to ask again: the header Retry-After. Default: 30 with 503, else none. */
  readonly retryAfterSeconds?: number
  /** Headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>
  /** What is in nevertheless. Default: nothing. */
  readonly taken?: Taken
}

/** What a product refuses, with a stable code. `message` is shown to the caller. */
export class ProductError extends Error {
  override readonly name = 'ProductError'
  readonly code: ProblemCode
  readonly errors: readonly ProblemDetail[]
  readonly retryAfterSeconds: number | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly taken: Taken | undefined

  constructor(
    code: ProblemCode,
    detail: string,
    errors: readonly ProblemDetail[] = [],
    { retryAfterSeconds, headers = {}, taken }: ProblemOptions = {},
  ) {
    super(detail)
    this.code = code
    this.errors = errors
    this.retryAfterSeconds = retryAfterSeconds
    this.headers = headers
    this.taken = taken
  }
}
