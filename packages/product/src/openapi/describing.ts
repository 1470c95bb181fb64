/** What a product says about itself, as operations: its state for who has a token, its documents for everybody. */
import { MAX_COUNTED } from '../limits.ts'
import { contractParameters } from '../http/port-parameters.ts'
import { json, ref, type Json, type Operation } from './operation.ts'

/** The operations. */
export const describingOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/status',
    id: 'status',
    tag: 'Describe',
    summary: 'Where the product stands by its own promises',
    description: 'Watermark and verdict; counts, quality and runs to grants that show everything.',
    scopes: ['read', 'aggregate', 'check'],
    content: json(ref('Status')),
    headers: ['RateLimit-Policy', 'RateLimit'],
    codes: ['view_unfit', 'rate_limited'],
  },
  {
    method: 'get',
    path: '/contract',
    id: 'contract',
    tag: 'Describe',
    summary: 'The contract',
    description: 'What the product promises, in the words of those who read it.',
    query: contractParameters,
    content: {
      ...json({ type: 'object' }),
      'application/yaml': { schema: { type: 'string' } },
      'application/schema+json': { schema: { type: 'object' } },
      'text/markdown': { schema: { type: 'string' } },
    },
    headers: ['Meshloop-Contract'],
    codes: ['parameter_invalid', 'port_not_offered'],
  },
  {
    method: 'get',
    path: '/openapi.json',
    id: 'openapi',
    tag: 'Describe',
    summary: 'This document',
    description: 'OpenAPI 3.1, made of the same tables as requests are read by.',
    content: json({ type: 'object' }),
  },
]

const time: Json = { type: ['string', 'null'], format: 'date-time' }
const count: Json = { type: 'integer', minimum: 0 }
const countOrNull: Json = { type: ['integer', 'null'], minimum: 0 }

const qualityStates = ['none', 'current', 'older', 'unjudged', 'failed'] as const

/** Results of the contract's rules; null to who is not shown everything. */
export const qualityProperties: Json = {
  quality: {
    type: ['array', 'null'],
    items: {
      type: 'object',
      properties: {
        rule: { type: 'string' },
        severity: { type: 'string', enum: ['error', 'warning'] },
        counts: { type: 'string', enum: ['nulls', 'missing', 'invalid', 'duplicates', 'rows', 'holds'] },
        count,
        of: count,
        unit: { type: 'string', enum: ['rows', 'percent'] },
        bound: { type: 'object' },
        kept: { type: 'boolean' },
        judged_at: { type: 'string', format: 'date-time' },
      },
      required: ['rule', 'severity', 'counts', 'count', 'of', 'unit', 'bound', 'kept', 'judged_at'],
    },
  },
  quality_state: { type: ['string', 'null'], enum: [...qualityStates, null] },
}

const runSchema: Json = {
  type: 'object',
  properties: {
    at: { type: 'string', format: 'date-time' },
    inputs: {
      type: 'object',
      description: 'By the id of the product',
      additionalProperties: {
        type: 'object',
        properties: {
          changes: { ...count, description: 'Changes that were read' },
          pages: count,
          refused: { ...count, description: 'Changes against the contract of the input; in quarantine' },
          as_of: { ...time, description: 'The watermark of the input that the records have reached' },
          lag_ms: { type: ['integer', 'null'], description: 'When the run ended, less as_of' },
          behind: { type: 'boolean', description: 'There was more to read' },
          failure: { type: 'string', description: 'Why the input could not be read' },
        },
        required: ['changes', 'pages', 'as_of', 'lag_ms', 'behind'],
      },
    },
    built: { ...count, description: 'Keys whose record was built anew' },
    removed: { ...count, description: 'Those of them without a record' },
    refused: { ...count, description: 'Built records that the contract refuses; in quarantine' },
    done: { type: 'boolean', description: 'Nothing was left to do' },
    rows_read: count,
    rows_written: count,
    statements: count,
    duration_ms: count,
  },
  required: [
    'at',
    'inputs',
    'built',
    'removed',
    'refused',
    'done',
    'rows_read',
    'rows_written',
    'statements',
    'duration_ms',
  ],
}

/** The schemas of the state. */
export const describingSchemas: Json = {
  Status: {
    type: 'object',
    properties: {
      product: { type: 'string' },
      version: { type: 'string' },
      contract: { type: 'string', description: 'Hash of the contract' },
      as_of: { ...time, description: 'Complete up to here; null while nobody knows' },
      freshness: {
        type: 'object',
        properties: {
          promised: { type: 'string', format: 'duration' },
          age_ms: { type: ['integer', 'null'], description: 'Now less the watermark' },
          verdict: { type: 'string', enum: ['fresh', 'late', 'unknown'] },
        },
        required: ['promised', 'age_ms', 'verdict'],
      },
      counts: {
        type: ['object', 'null'],
        description: 'null to a grant that does not show everything',
        properties: {
          changes: count,
          quarantined: { ...count, maximum: MAX_COUNTED, description: `Counted up to ${MAX_COUNTED}` },
        },
        required: ['changes', 'quarantined'],
      },
      hot_from: {
        ...time,
        description:
          'From then on all records are here; older ones may live in the bulk files alone. null where none does, and to a grant that does not show everything',
      },
      ...qualityProperties,
      progress: {
        type: 'array',
        description: 'Sources, or inputs, that the watermark is the minimum of',
        items: {
          type: 'object',
          properties: {
            name: { type: 'string' },
            as_of: time,
            n: {
              ...countOrNull,
              description: 'Of a source that sends by a queue: its last batch without a gap before it',
            },
            waiting: { ...countOrNull, description: 'Its batches behind a gap' },
          },
          required: ['name', 'as_of', 'n', 'waiting'],
        },
      },
      runs: {
        type: ['array', 'null'],
        description:
          'What the last runs of a derived product did and cost, the newest first; null to a grant that does not show everything',
        items: runSchema,
      },
    },
    required: [
      'product',
      'version',
      'contract',
      'as_of',
      'freshness',
      'counts',
      'hot_from',
      'quality',
      'quality_state',
      'progress',
      'runs',
    ],
  },
}
