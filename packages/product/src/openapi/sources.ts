/** What sources send, as operations. Derived products take nothing in, and older majors neither. */
import { type Contract } from '@meshloop/contract'
import { quarantineParameters } from '../http/quarantine-parameters.ts'
import { type Parameter } from '../query/parameters.ts'
import { json, ref, type Json, type Operation, type OtherParameter } from './operation.ts'
import { sampleKey, sampleRecord } from './samples.ts'

/** The operations. */
export const sourceOperations = (contract: Contract): readonly Operation[] =>
  contract.projects
    ? []
    : [...(contract.inputs ? [] : [ingest(contract), replayQuarantine, discardQuarantine]), listQuarantine]

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

const listQuarantine: Operation = {
  method: 'get',
  path: '/ingest/quarantine',
  id: 'listQuarantine',
  tag: 'Send',
  summary: 'What was not accepted, with the reasons',
  description:
    'Newest first. A source sees its own rows; who checks sees why rows were refused, not what was in them.',
  scopes: ['ingest', 'check'],
  query: quarantineParameters,
  content: json(ref('Quarantine'), { entries: [], total: 0 }),
  codes: ['parameter_invalid', 'cursor_invalid'],
}

const idList: Json = { type: 'array', items: { type: 'string', minLength: 1, maxLength: 64 }, minItems: 1, maxItems: 1000 } // prettier-ignore
const idsBody: Json = {
  type: 'object',
  properties: { ids: idList },
  required: ['ids'],
  additionalProperties: false,
}
const quarantineCodes = ['source_unknown', 'body_malformed', 'body_too_large', 'encoding'] as const
const count: Json = { type: 'integer', minimum: 0 }

const replayQuarantine: Operation = {
  method: 'post',
  path: '/ingest/quarantine/replay',
  id: 'replayQuarantine',
  tag: 'Send',
  summary: 'Judge quarantined rows once more',
  description:
    'By the contract of today, at most 1,000 rows a call, the oldest first. What fits is taken in and leaves the quarantine; `left` says how many are there still. What was too long to be kept whole stays.',
  scopes: ['ingest'],
  requestBody: {
    required: true,
    content: json(
      {
        oneOf: [
          idsBody,
          {
            type: 'object',
            properties: { all: { const: true } },
            required: ['all'],
            additionalProperties: false,
          },
        ],
      },
      { all: true },
    ),
  },
  content: json(
    {
      type: 'object',
      properties: { accepted: count, repeated: count, quarantined: count, left: count },
      required: ['accepted', 'repeated', 'quarantined', 'left'],
    },
    { accepted: 2, repeated: 0, quarantined: 1, left: 1 },
  ),
  codes: [...quarantineCodes, 'database_full'],
}

const discardQuarantine: Operation = {
  method: 'post',
  path: '/ingest/quarantine/discard',
  id: 'discardQuarantine',
  tag: 'Send',
  summary: 'Give quarantined rows up',
  description: 'For rows that will never fit. They are gone for good.',
  scopes: ['ingest'],
  requestBody: { required: true, content: json(idsBody, { ids: ['Zx1Q'] }) },
  content: json(
    { type: 'object', properties: { discarded: count, left: count }, required: ['discarded', 'left'] },
    { discarded: 1, left: 0 },
  ),
  codes: quarantineCodes,
}

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
