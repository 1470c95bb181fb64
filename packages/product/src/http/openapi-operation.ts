/** An operation of an OpenAPI document, and the parts that all operations share. */
import type { Parameter } from '../query/parameters.ts'

/** A part of the document. */
export type Json = Readonly<Record<string, unknown>>

/** A path that is read, with the members of its answer. */
export function get(
  operationId: string,
  summary: string,
  parameters: readonly Parameter[],
  properties: Json,
  required: string[],
  headers: Json[] = [],
): Json {
  return {
    get: {
      operationId,
      summary,
      parameters: [...parameters.map(inQuery), ...headers],
      responses: responses({ type: 'object', properties, required }),
    },
  }
}

/** A parameter of the query; lists are joined by commas. */
export const inQuery = ({ name, description, schema }: Parameter): Json => ({
  name,
  in: 'query',
  description,
  schema,
  ...(schema['type'] === 'array' ? { style: 'form', explode: false } : {}),
})

/** A schema that the document names. */
export const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })

/** The answers of an operation: one that succeeds, else a problem. */
export const responses = (schema: Json): Json => ({
  200: { description: 'OK', content: { 'application/json': { schema } } },
  default: { $ref: '#/components/responses/Problem' },
})
