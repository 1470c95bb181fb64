/** The OpenAPI 3.1 document: made of the same parameters and schemas that requests are read and answers are made by. */
import { wholeView } from '@meshloop/access/claims'
import { fieldOf, jsonSchemaOf, ports, type Contract } from '@meshloop/contract'
import { toJsonSchema } from '@meshloop/contract/documents'
import type { Parameter } from '../query/parameters.ts'
import { limitParameter, maxStalenessParameter } from '../query/parameters.ts'
import {
  aggregateParameters,
  changesParameters,
  contractParameters,
  recordsParameters,
} from './port-parameters.ts'
import { lifeSentence, withLife } from './deprecation.ts'
import { problemSchema } from './problem-schema.ts'
import { portsOf } from './offered-ports.ts'

type Json = Readonly<Record<string, unknown>>

/** What the document is made of: no running product is needed. */
export interface Described {
  readonly contract: Contract
  readonly env: { readonly BASE_URL: string; readonly ISSUER: string }
}

/** The document of a product. A grant may show less than it describes. */
export function openApi({ contract, env }: Described): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: `${contract.title} (${contract.id})`,
      version: contract.version,
      description: [contract.purpose, contract.limitations, lifeSentence(contract)]
        .filter(Boolean)
        .join('\n\n'),
      contact: contactOf(contract),
    },
    servers: [{ url: env.BASE_URL }],
    security: [{ token: [] }],
    paths: withLife(contract, {
      ...offeredBy(contract, readingPaths(contract)),
      ...(contract.projects ? {} : { ...sourcePaths(contract), ...quarantinePath() }),
      ...openPaths(),
    }),
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: `Bought at ${env.ISSUER}/oauth/token`,
        },
      },
      schemas: { Record: recordSchema(contract), Key: keySchema(contract), Problem: problemSchema },
      responses: {
        Problem: {
          description: 'Refused, with the reason',
          content: { 'application/problem+json': { schema: ref('Problem') } },
        },
      },
    },
  }
}

/** A support channel is an address of one kind or another; a name such as #orders-data is told in the contract. */
function contactOf({ owner: { team, support } }: Contract): Json {
  if (/^[^\s@]+@[^\s@]+$/.test(support)) return { name: team, email: support }
  return { name: team, ...(support.startsWith('https://') ? { url: support } : {}) }
}

/** Without the paths of ports that the contract leaves out. */
const offeredBy = (contract: Contract, paths: Json): Json =>
  Object.fromEntries(
    Object.entries(paths).filter(([path]) => {
      const port = ports.find((each) => path.split('/')[1] === each)
      return port === undefined || portsOf(contract).includes(port)
    }),
  )

function readingPaths(contract: Contract): Json {
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

const sourcePaths = (contract: Contract): Json =>
  contract.inputs
    ? {}
    : {
        '/ingest': {
          post: {
            operationId: 'ingest',
            summary: 'Send rows; for sources only',
            parameters: [
              {
                name: 'complete_up_to',
                in: 'query',
                schema: { type: 'string', format: 'date-time' },
                description: 'The source has sent everything up to here',
              },
            ],
            requestBody: {
              required: true,
              content: {
                'application/json': {
                  schema: {
                    type: 'object',
                    properties: {
                      // Answers may get more members within a major; a row that has more is set aside.
                      rows: { type: 'array', items: { ...ref('Record'), unevaluatedProperties: false } },
                      complete_up_to: { type: 'string', format: 'date-time' },
                    },
                    required: ['rows'],
                    additionalProperties: false,
                  },
                },
                'application/x-ndjson': { schema: { type: 'string' } },
              },
            },
            responses: responses({
              type: 'object',
              properties: {
                accepted: { type: 'integer' },
                repeated: { type: 'integer' },
                quarantined: { type: 'integer' },
                rejected: { type: 'array', items: { type: 'object' } },
                as_of: { type: ['string', 'null'], format: 'date-time' },
              },
              required: ['accepted', 'repeated', 'quarantined', 'rejected', 'as_of'],
            }),
          },
        },
      }

const quarantinePath = (): Json => ({
  '/ingest/quarantine': get(
    'listQuarantine',
    'What was not accepted, with the reasons: to a source its own rows',
    [limitParameter],
    { entries: { type: 'array', items: { type: 'object' } } },
    ['entries'],
  ),
})

const openPaths = (): Json => ({
  '/contract': {
    get: {
      operationId: 'contract',
      summary: 'The contract',
      security: [],
      parameters: contractParameters.map(inQuery),
      responses: responses({ type: 'object' }),
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'openapi',
      summary: 'This document',
      security: [],
      responses: responses({ type: 'object' }),
    },
  },
})

function get(
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

const inQuery = ({ name, description, schema }: Parameter): Json => ({
  name,
  in: 'query',
  description,
  schema,
  ...(schema['type'] === 'array' ? { style: 'form', explode: false } : {}),
})

const preferHeader: Json = {
  name: 'Prefer',
  in: 'header',
  description: 'count=exact counts all records that match, in the body as total (RFC 7240)',
  schema: { type: 'string', enum: ['count=exact'] },
}

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })

const responses = (schema: Json): Json => ({
  200: { description: 'OK', content: { 'application/json': { schema } } },
  default: { $ref: '#/components/responses/Problem' },
})

function recordSchema(contract: Contract): Json {
  const { $schema: _, ...schema } = toJsonSchema(contract) // OpenAPI 3.1 names its dialect itself
  return schema
}

/** With `fields` a page's records have only some members. */
const partialRecord = (contract: Contract): Json => ({
  type: 'object',
  properties: recordSchema(contract)['properties'],
})

const keySchema = (contract: Contract): Json => ({
  type: 'object',
  properties: Object.fromEntries(contract.key.map((name) => [name, jsonSchemaOf(fieldOf(contract, name))])),
  required: contract.key,
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
