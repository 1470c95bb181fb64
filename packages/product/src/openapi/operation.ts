/** An operation of the interface as a row of a table, and the shape that it has in the OpenAPI document. */
import type { Scope } from '@meshloop/access/claims'
import type { Parameter } from '../query/parameters.ts'
import { headersOf, limitHeaders, unchangedHeaders, type HeaderName } from './headers.ts'
import { refusalsOf, type Code } from './refusals.ts'

/** A part of the document. */
export type Json = Readonly<Record<string, unknown>>

/** What a group of operations is for. */
export const tags = {
  Read: 'Records, totals and changes, as far as a grant shows them',
  Send: 'What sources send, and what was not accepted of it',
  Describe: 'What the product says about itself',
  Operate: 'For the steward and for who answers for the product',
} as const

/** A parameter of the path or the header, as OpenAPI writes it. */
export interface OtherParameter {
  readonly name: string
  readonly in: 'path' | 'header'
  readonly required?: true
  readonly description: string
  readonly schema: Json
  readonly example?: unknown
}

/** One method at one address. */
export interface Operation {
  readonly method: 'get' | 'post'
  /** Below the base URL; parts of a key in braces. */
  readonly path: `/${string}`
  readonly id: string
  readonly tag: keyof typeof tags
  readonly summary: string
  readonly description: string
  /** A token with one of these is needed. Default: none. */
  readonly scopes?: readonly Scope[]
  /** Of the query. */
  readonly query?: readonly Parameter[]
  /** Of the path and of the header, as OpenAPI writes them. */
  readonly others?: readonly OtherParameter[]
  readonly requestBody?: { readonly required: true; readonly content: Readonly<Record<string, Json>> }
  /** By media type. */
  readonly content: Readonly<Record<string, Json>>
  readonly headers?: readonly HeaderName[]
  /** Answers 206 to who asks for a range. */
  readonly isRanged?: boolean
  /** Answers 304 to who has the newest. */
  readonly isConditional?: boolean
  /** What it refuses with, beside what every operation does. */
  readonly codes?: readonly Code[]
}

/** What all operations of a document share. */
export interface Shared {
  /** Where the pages of problems are. */
  readonly issuer: string
  /** What every answer says of a major that is on its way out. */
  readonly life: readonly HeaderName[]
}

/** The operation as the document has it. */
export function toJson(operation: Operation, shared: Shared): Json {
  const { id, tag, summary, description, scopes, query = [], others = [], isConditional = false } = operation
  const { requestBody, content, headers = [], isRanged = false } = operation
  const parameters = [...others, ...query.map(inQuery), ...askedInHeaders(operation)]
  const everywhere = isCounted(operation) ? [...limitHeaders, ...shared.life] : shared.life
  const told = headersOf([...headers, ...everywhere])
  const unchanged = headersOf([...unchangedHeaders, ...shared.life])
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    security: scopes ? scopes.map((scope) => ({ token: [scope] })) : [],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(requestBody ? { requestBody } : {}),
    responses: {
      200: { description: 'OK', ...told, content },
      ...(isRanged ? { 206: { description: 'A part', ...told, content } } : {}),
      ...(isConditional ? { 304: { description: 'You have this already', ...unchanged } } : {}),
      ...refusalsOf(operation, { ...shared, everywhere }),
    },
  }
}

/** Requests of consumers are counted, those of sources and of the mesh's own machines are not. */
const isCounted = ({ scopes = [] }: Operation): boolean =>
  scopes.some((scope) => scope === 'read' || scope === 'aggregate')

/** A parameter of the query; lists are joined by commas. */
const inQuery = ({ name, description, schema }: Parameter): Json => ({
  name,
  in: 'query',
  description,
  schema,
  ...(schema['type'] === 'array' ? { style: 'form', explode: false } : {}),
})

/** The headers by which a request says what it has, or wants of a file. */
export const askedInHeaders = ({ isConditional = false, isRanged = false }: Operation): OtherParameter[] => [
  ...(isConditional ? [ifNoneMatch] : []),
  ...(isRanged ? [range] : []),
]

const ifNoneMatch: OtherParameter = {
  name: 'If-None-Match',
  in: 'header',
  description: 'ETag of the answer that you have: 304 if it is the newest (RFC 9110)',
  schema: { type: 'string' },
}

const range: OtherParameter = {
  name: 'Range',
  in: 'header',
  description: 'Bytes that you want, of a part of the file (RFC 9110)',
  schema: { type: 'string' },
  example: 'bytes=0-1023',
}

/** A schema that the document names. */
export const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })

/** An answer, or a body, in JSON. */
export const json = (schema: Json, example?: unknown): Readonly<Record<string, Json>> => ({
  'application/json': { schema, ...(example === undefined ? {} : { example }) },
})
