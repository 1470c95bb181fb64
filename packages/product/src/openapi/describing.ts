/** What a product says about itself, as operations: its state for who has a token, its documents for everybody. */
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
    description: 'Watermark and verdict; counts and quality to grants that show everything.',
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
        properties: { changes: count, quarantined: count },
        required: ['changes', 'quarantined'],
      },
      ...qualityProperties,
      progress: {
        type: 'array',
        description: 'Sources, or inputs, that the watermark is the minimum of',
        items: {
          type: 'object',
          properties: { name: { type: 'string' }, as_of: time, n: countOrNull, waiting: countOrNull },
          required: ['name', 'as_of', 'n', 'waiting'],
        },
      },
    },
    required: [
      'product',
      'version',
      'contract',
      'as_of',
      'freshness',
      'counts',
      'quality',
      'quality_state',
      'progress',
    ],
  },
}
