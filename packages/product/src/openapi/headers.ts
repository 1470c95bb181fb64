/** The headers of answers, each described once. */

type Json = Readonly<Record<string, unknown>>

const text = { type: 'string' } as const

const headers = {
  ETag: {
    description: 'Changes with the answer; send it as If-None-Match. What is streamed has none',
    schema: text,
    example: '"3kTMd9"',
  },
  'Meshloop-As-Of': {
    description: 'The data is complete up to here; missing while nobody knows',
    schema: { type: 'string', format: 'date-time' },
  },
  'Meshloop-Version': { description: 'Version of the contract', required: true, schema: text },
  'Meshloop-Contract': { description: 'Hash of the contract', required: true, schema: text },
  'Cache-Control': { description: 'How long the answer may be kept (RFC 9111)', schema: text },
  Link: {
    description: 'rel="next": the next page; rel="successor-version": the newest major (RFC 8288)',
    schema: text,
  },
  'Meshloop-Truncated': {
    description: 'true: there are more groups than the limit',
    schema: { type: 'string', enum: ['true', 'false'] },
  },
  'Meshloop-Least': {
    description: 'Groups of fewer persons than this are left out, where a grant protects persons',
    schema: { type: 'integer', minimum: 1 },
  },
  'Preference-Applied': { description: 'Preferences that were followed (RFC 7240)', schema: text },
  'Server-Timing': { description: 'Rows that D1 read and wrote for the answer', schema: text },
  'RateLimit-Policy': {
    description: 'Requests a minute, and rows a day where the grant has a quota',
    schema: text,
    example: '"requests";q=1200;w=60',
  },
  RateLimit: {
    description: 'What is left of them, and the seconds until it is all there again',
    schema: text,
    example: '"requests";r=1199;t=60',
  },
  'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer', minimum: 0 } },
  'Idempotency-Replayed': { description: 'true: this is the answer of before', schema: text },
  'Accept-Ranges': { description: 'Parts can be asked for', schema: text },
  'Content-Range': { description: 'Which part it is, of how many bytes', schema: text },
  'WWW-Authenticate': { description: 'Where tokens come from (RFC 6750, RFC 9728)', schema: text },
  Deprecation: { description: 'Since when this major is deprecated (RFC 9745)', schema: text },
  Sunset: { description: 'When this major ends (RFC 8594)', schema: text },
} as const satisfies Record<string, Json>

/** The name of a header. */
export type HeaderName = keyof typeof headers

/** The member `headers` of an answer; none where it has none. */
export const headersOf = (names: readonly HeaderName[]): Json =>
  names.length === 0
    ? {}
    : { headers: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }])) }

/** All of them, as the document describes them. */
export const headerComponents: Json = headers

/** What every answer of data has. */
export const dataHeaders: readonly HeaderName[] = [
  'ETag',
  'Meshloop-As-Of',
  'Meshloop-Version',
  'Meshloop-Contract',
  'Cache-Control',
  'Server-Timing',
]

/** What guides a cache (RFC 9110, section 15.4.5), and what the request counted for. */
export const unchangedHeaders: readonly HeaderName[] = [
  'ETag',
  'Cache-Control',
  'Meshloop-As-Of',
  'Server-Timing',
  'RateLimit',
]

/** Where a consumer stands, in every answer to it. */
export const limitHeaders: readonly HeaderName[] = ['RateLimit-Policy', 'RateLimit']
