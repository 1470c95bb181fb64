/** The OpenAPI 3.1 document: made of the same parameters and schemas that requests are read and answers are made by. */
import { fieldOf, jsonSchemaOf, ports, type Contract } from '@meshloop/contract'
import { limitParameter } from '../query/parameters.ts'
import { contractParameters } from './port-parameters.ts'
import { lifeSentence, withLife } from './deprecation.ts'
import { problemSchema } from './problem-schema.ts'
import { portsOf } from './offered-ports.ts'
import { get, inQuery, ref, responses, type Json } from './openapi-operation.ts'
import { readingPaths, recordSchema } from './openapi-reading.ts'

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
          description: `Bought at ${env.ISSUER}/oauth/token with the scope read; for totals and the status aggregate is enough`,
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

const keySchema = (contract: Contract): Json => ({
  type: 'object',
  properties: Object.fromEntries(contract.key.map((name) => [name, jsonSchemaOf(fieldOf(contract, name))])),
  required: contract.key,
})
