/** A contract's record as JSON Schema 2020-12. */
import { objectSchemaOf } from '../definition/kinds.ts'
import type { Contract } from '../definition/contract.ts'

/** Schema of one record as it stands in answers, with the meanings as descriptions. */
export function toJsonSchema(contract: Contract): Readonly<Record<string, unknown>> {
  const schema = objectSchemaOf(contract.fields)
  const properties = Object.fromEntries(
    Object.entries(schema['properties'] as Record<string, object>).map(([name, property]) => {
      const field = contract.fields[name]
      return [
        name,
        { ...property, description: field?.means, ...(field?.examples ? { examples: field.examples } : {}) },
      ]
    }),
  )
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: contract.id,
    description: contract.purpose,
    ...schema,
    properties,
  }
}
