/** An OpenAPI document as a test reads it: its routes, and whether an answer is one that it declares. */
import type { Scope } from '@meshloop/access/claims'
import { Validator, type Schema } from '@cfworker/json-schema'

type Json = Readonly<Record<string, unknown>>

type Judge = (response: Response, text: string) => readonly string[]

/** One operation of the document. */
export interface Described {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly scopes: readonly Scope[]
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Json }[]
  /** Media types of its answer, and of its body. */
  readonly mediaTypes: readonly string[]
  readonly bodyTypes: readonly string[]
  readonly bodyExample: unknown
  /** What is wrong with an answer; nothing if the document declares it. */
  readonly complaints: Judge
  /** The same of an answer to HEAD: it has no body. */
  readonly headComplaints: Judge
}

interface DeclaredResponse {
  readonly headers?: Json
  readonly content?: Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>
}

/** An operation of OpenAPI 3.1, as far as it is looked at. */
interface Declared {
  readonly operationId: string
  readonly security: readonly { readonly token?: readonly Scope[] }[]
  readonly parameters?: Described['parameters']
  readonly requestBody?: { readonly content: NonNullable<DeclaredResponse['content']> }
  readonly responses: Readonly<Record<string, DeclaredResponse>>
}

/** A document of OpenAPI 3.1, as far as it is looked at. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Declared>>>>
  readonly components: {
    readonly schemas: Json
    readonly headers: Readonly<Record<string, { readonly required?: boolean }>>
  }
}

/** Headers that say something: an answer has none of them that the document leaves out. */
const telling =
  /^(etag|link|meshloop-.*|ratelimit.*|server-timing|preference-applied|retry-after|deprecation|sunset|www-authenticate|idempotency-.*|content-range|accept-ranges)$/

/** The operations of a document. */
export function describedBy(document: OpenApi): Described[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const { operationId, security, parameters = [], requestBody, responses } = operation
      const body = requestBody?.content ?? {}
      return {
        id: operationId,
        method: method.toUpperCase(),
        path,
        scopes: security.flatMap(({ token = [] }) => token),
        parameters,
        mediaTypes: Object.keys(responses['200']?.content ?? {}),
        bodyTypes: Object.keys(body),
        bodyExample: Object.values(body)[0]?.example,
        complaints: judge(document, responses),
        headComplaints: judgeHead(document, responses),
      }
    }),
  )
}

/**
 * Each schema is judged by an interpreter: workerd compiles no code from text, which faster validators do.
 */
function judge(document: OpenApi, responses: Declared['responses']): Judge {
  const validators = new Map<string, Validator>()
  return (response, text) => {
    const declared = responses[String(response.status)]
    if (!declared) return [`status ${response.status} is not declared: ${text.slice(0, 300)}`]
    return [
      ...headerComplaints(document, declared, response),
      ...bodyComplaints(declared, response, text, (type, schema) => {
        const name = `${response.status} ${type}`
        const kept =
          validators.get(name) ??
          // The schema's references are to components of its root.
          new Validator({ ...schema, components: document.components }, '2020-12', false)
        validators.set(name, kept)
        return kept
      }),
    ]
  }
}

const judgeHead =
  (document: OpenApi, responses: Declared['responses']): Judge =>
  (response, text) => {
    const declared = responses[String(response.status)]
    if (!declared) return [`status ${response.status} is not declared`]
    return [...headerComplaints(document, declared, response), ...(text === '' ? [] : ['there is a body'])]
  }

function headerComplaints(
  { components }: OpenApi,
  declared: DeclaredResponse,
  { headers }: Response,
): string[] {
  const names = Object.keys(declared.headers ?? {})
  const missing = names.filter((name) => components.headers[name]?.required === true && !headers.has(name))
  const known = new Set(names.map((name) => name.toLowerCase()))
  const undeclared = [...headers.keys()].filter((name) => telling.test(name) && !known.has(name))
  return [
    ...missing.map((name) => `the header ${name} is missing`),
    ...undeclared.map((name) => `the header ${name} is not declared`),
  ]
}

function bodyComplaints(
  { content }: DeclaredResponse,
  response: Response,
  text: string,
  validatorOf: (type: string, schema: Schema) => Validator,
): string[] {
  if (!content) return text === '' ? [] : ['there is a body, and none is declared']
  const type = response.headers.get('content-type')?.split(';')[0] ?? ''
  const declared = content[type]
  if (!declared) return [`the media type ${type} is not declared`]
  if (!type.endsWith('json') || type === 'application/x-ndjson') return []
  const { valid, errors } = validatorOf(type, declared.schema).validate(JSON.parse(text))
  return valid ? [] : errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`)
}
