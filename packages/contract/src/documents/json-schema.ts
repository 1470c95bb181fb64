/** A contract's record as JSON Schema 2020-12. */
import type { Contract } from '../definition/contract.ts'
import type { Field } from '../definition/fields.ts'
import { jsonSchemaOf } from '../definition/kinds.ts'

type Json = Readonly<Record<string, unknown>>

/**
 * Schema of one record as it stands in answers, with names, meanings and examples at every level. A record may have more
 * members: what a minor version adds breaks nobody who validates.
 */
export function toJsonSchema(contract: Contract): Json {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: contract.id,
    description: contract.purpose,
    ...objectOf(contract.fields),
    required: Object.keys(contract.fields),
  }
}

/** Schema of one field with its name, meaning and examples, and those of what is below it. */
export function describedSchemaOf(field: Field): Json {
  const { items, fields, name, means, examples, nullable } = field
  const below = {
    ...(items ? { items: describedSchemaOf(items) } : {}),
    ...(fields ? { ...objectOf(fields), type: nullable ? ['object', 'null'] : 'object' } : {}),
  }
  return {
    ...jsonSchemaOf(field),
    ...below,
    ...(name === undefined ? {} : { title: name }),
    description: means,
    ...(examples ? { examples } : {}),
  }
}

const objectOf = (fields: Readonly<Record<string, Field>>): Json => ({
  type: 'object',
  properties: Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, describedSchemaOf(field)]),
  ),
})
