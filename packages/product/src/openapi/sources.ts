/** What sources send, as operations. Derived products take nothing in, and older majors neither. */
import { type Contract } from '@meshloop/contract'
import { type Parameter } from '../query/parameters.ts'
import { json, ref, type Json, type Operation, type OtherParameter } from './operation.ts'
import { discardQuarantine, listQuarantine, replayLetters, replayQuarantine } from './quarantine.ts'
import { sampleKey, sampleRecord } from './samples.ts'

/** The operations. */
export const sourceOperations = (contract: Contract): readonly Operation[] =>
  contract.projects
    ? []
    : [
        ...(contract.inputs ? [] : [ingest(contract), replayQuarantine, replayLetters, discardQuarantine]),
        listQuarantine,
      ]

const completeUpTo: Parameter = {
  name: 'complete_up_to',
  description: 'The source has sent everything up to here',
  schema: { type: 'string', format: 'date-time' },
  read: (text) => ({ value: text }), // the body's reader checks it: it may be in the body as well
}

const idempotencyKey: OtherParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'The same body with the same key is taken in once, and answered alike each time',
  schema: { type: 'string', minLength: 1, maxLength: 66 },
}

const ingest = (contract: Contract): Operation => ({
  method: 'post',
  path: '/ingest',
  id: 'ingest',
  tag: 'Send',
  summary: 'Send rows',
  description:
    'For sources only. Each row is accepted, repeated (it was here before), or set aside in quarantine with its reasons.',
  scopes: ['ingest'],
  query: [completeUpTo],
  others: [idempotencyKey],
  headers: ['Idempotency-Replayed'],
  requestBody: {
    required: true,
    content: {
      ...json(ref('Batch'), { rows: [sampleRecord(contract)], complete_up_to: '2026-11-01T09:30:00.000Z' }),
      'application/x-ndjson': { schema: { type: 'string', description: 'A row as JSON a line' } },
    },
  },
  content: json(ref('Ingested'), {
    accepted: 1,
    repeated: 0,
    quarantined: 1,
    rejected: [
      { index: 1, key: sampleKey(contract), errors: [{ code: 'missing', field: 'x', detail: 'is missing' }] },
    ],
    as_of: '2026-11-01T09:30:00.000Z',
  }),
  codes: [
    'parameter_invalid',
    'body_malformed',
    'claim_ahead',
    'claim_refused',
    'source_unknown',
    'body_too_large',
    'media_type',
    'encoding',
    'idempotency_in_flight',
    'idempotency_mismatch',
    'database_full',
  ],
})

const rowErrors: Json = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      code: { type: 'string', description: 'Stable: unknown_field, missing, wrong_type, …' },
      field: { type: 'string' },
      detail: { type: 'string' },
    },
    required: ['code', 'field', 'detail'],
  },
}

/** The schemas of what is sent and set aside. */
export const sourceSchemas: Json = {
  Batch: {
    type: 'object',
    properties: {
      // Answers may get more members within a major; a row that has more is set aside.
      rows: { type: 'array', items: { allOf: [ref('Record')], unevaluatedProperties: false } },
      complete_up_to: { type: 'string', format: 'date-time' },
    },
    required: ['rows'],
    additionalProperties: false,
  },
  Ingested: {
    type: 'object',
    properties: {
      accepted: { type: 'integer', minimum: 0 },
      repeated: { type: 'integer', minimum: 0 },
      quarantined: { type: 'integer', minimum: 0 },
      rejected: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            index: { type: 'integer', minimum: 0 },
            key: { type: 'object', description: 'As far as the row has one' },
            errors: rowErrors,
          },
          required: ['index', 'errors'],
        },
      },
      as_of: { type: ['string', 'null'], format: 'date-time' },
    },
    required: ['accepted', 'repeated', 'quarantined', 'rejected', 'as_of'],
  },
  Quarantine: {
    type: 'object',
    properties: {
      entries: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            id: { type: 'string' },
            source: { type: 'string' },
            received_at: { type: 'string', format: 'date-time' },
            errors: rowErrors,
            whole: { type: 'boolean', description: 'Whether it is kept whole, and can be judged again' },
            row: { description: 'To its source alone; its beginning as a text where it is not whole' },
          },
          required: ['id', 'source', 'received_at', 'errors', 'whole'],
        },
      },
      next_cursor: { type: 'string' },
      total: { type: 'integer', minimum: 0, description: 'Of all pages; on the first alone' },
    },
    required: ['entries'],
  },
}
