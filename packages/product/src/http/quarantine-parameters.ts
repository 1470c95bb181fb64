/** The parameters of `GET /ingest/quarantine`, from which its reading and the OpenAPI document follow. */
import { limitParameter, type Parameter } from '../query/parameters.ts'

const textParameter = (name: string, description: string): Parameter => ({
  name,
  description,
  schema: { type: 'string', minLength: 1, maxLength: 200 },
  read: (text) =>
    text.length >= 1 && text.length <= 200 ? { value: text } : { expected: '1 to 200 characters' },
})

/** Parameters of `GET /ingest/quarantine`. */
export const quarantineParameters: readonly Parameter[] = [
  textParameter('code', 'Only rows with an error of this code, e.g. unknown_field'),
  textParameter('source', 'Only rows of this source; for those who check'),
  textParameter('cursor', 'Go on after the page that returned it'),
  limitParameter,
]
