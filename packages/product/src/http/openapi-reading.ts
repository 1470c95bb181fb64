/** The reading ports in the OpenAPI document. */
import { wholeView } from '@meshloop/access/claims'
import { fieldOf, jsonSchemaOf, type Contract } from '@meshloop/contract'
import { toJsonSchema } from '@meshloop/contract/documents'
import { maxStalenessParameter } from '../query/parameters.ts'
import { get, inQuery, ref, responses, type Json } from './openapi-operation.ts'
import { aggregateParameters, changesParameters, recordsParameters } from './port-parameters.ts'

/** The paths that a grant to read opens, and the status. */
export function readingPaths(contract: Contract): Json {
  const { dimensions = [], measures = {} } = contract
  const group = {
    ...Object.fromEntries(
      dimensions.map((name) => [name, jsonSchemaOf({ ...fieldOf(contract, name), nullable: true })]),
    ),
    ...Object.fromEntries(
      Object.entries(measures).map(([name, { means }]) => [name, { type: 'number', description: means }]),
    ),
  }
  return {
    '/records': get(
      'listRecords',
      'Records, a page at a time',
      recordsParameters(contract, wholeView),
      {
        records: { type: 'array', items: partialRecord(contract) },
        total: { type: 'integer', description: 'Only with Prefer: count=exact' },
        next_cursor: { type: ['string', 'null'], description: 'null at the end' },
      },
      ['records', 'next_cursor'],
      [preferHeader],
    ),
    [`/records/${contract.key.map((name) => `{${name}}`).join('/')}`]: {
      get: {
        operationId: 'getRecord',
        summary: 'One record by its key',
        parameters: [
          ...contract.key.map((name) => ({
            name,
            in: 'path',
            required: true,
            schema: jsonSchemaOf(fieldOf(contract, name)),
          })),
          inQuery(maxStalenessParameter),
        ],
        responses: responses(ref('Record')),
      },
    },
    '/aggregate': get(
      'aggregate',
      'Measures by dimensions',
      aggregateParameters(contract, wholeView),
      {
        groups: { type: 'array', items: { type: 'object', properties: group } },
        truncated: { type: 'boolean', description: 'There are more groups than the limit' },
        ...(contract.access?.groups ? { protected: protectedSchema } : {}),
      },
      ['groups', 'truncated'],
    ),
    '/changes': get(
      'listChanges',
      'Upserts and deletions in commit order, each record once in its newest state',
      changesParameters(contract, wholeView),
      {
        changes: { type: 'array', items: changeSchema(contract) },
        next_cursor: { type: 'string' },
        more: { type: 'boolean' },
        as_of: {
          type: ['string', 'null'],
          format: 'date-time',
          description: 'Complete up to here once this page is applied',
        },
      },
      ['changes', 'next_cursor', 'more', 'as_of'],
    ),
    '/status': get(
      'status',
      'Watermark, verdict, counts, and what the quality rules last counted',
      [],
      {
        product: { type: 'string' },
        as_of: { type: ['string', 'null'], format: 'date-time' },
        quality: { type: ['array', 'null'], items: { type: 'object' } },
        quality_state: {
          type: ['string', 'null'],
          enum: ['none', 'current', 'older', 'unjudged', 'failed', null],
        },
      },
      ['product', 'as_of'],
    ),
  }
}

const preferHeader: Json = {
  name: 'Prefer',
  in: 'header',
  description: 'count=exact counts all records that match, in the body as total (RFC 7240)',
  schema: { type: 'string', enum: ['count=exact'] },
}

/** What an answer says whose totals protect persons; absent where they do not. */
const protectedSchema: Json = {
  type: 'object',
  description: 'Only where the grant shows totals alone: persons in groups of fewer are in no total',
  properties: { least: { type: 'integer', minimum: 2 } },
  required: ['least'],
}

/** A record, as an answer without `fields` has it. */
export function recordSchema(contract: Contract): Json {
  const { $schema: _, ...schema } = toJsonSchema(contract) // OpenAPI 3.1 names its dialect itself
  return schema
}

/** With `fields` a page's records have only some members. */
const partialRecord = (contract: Contract): Json => ({
  type: 'object',
  properties: recordSchema(contract)['properties'],
})

const changeSchema = (contract: Contract): Json => ({
  oneOf: [
    {
      type: 'object',
      properties: { op: { const: 'upsert' }, record: partialRecord(contract) },
      required: ['op', 'record'],
    },
    { type: 'object', properties: { op: { const: 'delete' }, key: ref('Key') }, required: ['op', 'key'] },
  ],
})
