/** JSON Schema of the problems that a product answers with. */

/** A problem document (RFC 9457) with its stable code. */
export const problemSchema = {
  type: 'object',
  description: 'RFC 9457',
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable; the page at `type` explains it' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          parameter: { type: 'string' },
          pointer: { type: 'string' },
          detail: { type: 'string' },
        },
      },
    },
    taken: {
      type: 'object',
      description: 'Rows of the body that are in nevertheless; sending all of them again changes nothing',
      properties: {
        accepted: { type: 'integer' },
        repeated: { type: 'integer' },
        quarantined: { type: 'integer' },
      },
    },
  },
  required: ['type', 'title', 'status', 'code', 'detail'],
}
