/** The schemas that the document names: those of the contract's records, and of the answers that hold them. */
import { wholeView } from '@meshloop/access/claims'
import { fieldOf, groupingOf, jsonSchemaOf, type Contract } from '@meshloop/contract'
import { toJsonSchema } from '@meshloop/contract/documents'
import { describingSchemas } from './describing.ts'
import { visibleBuckets } from '../query/visible.ts'
import { exportSchemas } from './exports.ts'
import { ref, type Json } from './operation.ts'
import { problemSchema } from './problem-schema.ts'
import { sourceSchemas } from './sources.ts'

/** All that there may be; the document keeps those that it refers to. */
export function schemasOf(contract: Contract): Json {
  return {
    Record: recordSchema(contract),
    SomeFields: {
      type: 'object',
      description: 'A record; with the parameter fields only some of its members',
      properties: recordSchema(contract)['properties'],
    },
    Key: keySchema(contract),
    Page: {
      type: 'object',
      properties: {
        records: { type: 'array', items: ref('SomeFields') },
        total: { type: 'integer', minimum: 0, description: 'Only with Prefer: count=exact' },
        next_cursor: { type: ['string', 'null'], description: 'null at the end' },
      },
      required: ['records', 'next_cursor'],
    },
    Group: groupSchema(contract),
    Groups: {
      type: 'object',
      properties: {
        groups: { type: 'array', items: ref('Group') },
        truncated: { type: 'boolean', description: 'There are more groups than the limit' },
        next_cursor: {
          type: ['string', 'null'],
          description: 'null at the end, and where a group has more than 50 values',
        },
        ...(contract.access?.groups ? { protected: protectedSchema } : {}),
      },
      required: ['groups', 'truncated', 'next_cursor'],
    },
    Change: changeSchema,
    Changes: {
      type: 'object',
      properties: {
        changes: { type: 'array', items: ref('Change') },
        next_cursor: { type: 'string' },
        more: { type: 'boolean' },
        as_of: {
          type: ['string', 'null'],
          format: 'date-time',
          description: 'Complete up to here once this page is applied',
        },
      },
      required: ['changes', 'next_cursor', 'more', 'as_of'],
    },
    ...sourceSchemas,
    ...describingSchemas,
    ...exportSchemas,
    Problem: problemSchema,
  }
}

/** A record, as an answer without `fields` has it. */
function recordSchema(contract: Contract): Json {
  const { $schema: _, ...schema } = toJsonSchema(contract) // OpenAPI 3.1 names its dialect itself
  return schema
}

const keySchema = (contract: Contract): Json => ({
  type: 'object',
  properties: Object.fromEntries(contract.key.map((name) => [name, jsonSchemaOf(fieldOf(contract, name))])),
  required: contract.key,
})

/** Members are there as far as they were asked for. */
function groupSchema(contract: Contract): Json {
  const { dimensions = [], measures = {} } = contract
  const lengths = visibleBuckets(contract, wholeView)
  const entries = [
    ...lengths.map((name) => [
      name,
      { type: ['string', 'null'], format: groupingOf(name).bucket === 'hour' ? 'date-time' : 'date' },
    ]),
    ...dimensions.map((name) => [name, jsonSchemaOf({ ...fieldOf(contract, name), nullable: true })]),
    ...Object.entries(measures).map(([name, measure]) => {
      const least = 'min' in measure ? measure.min : 'max' in measure ? measure.max : undefined
      const schema =
        least === undefined ? { type: ['number', 'null'] } : jsonSchemaOf({ ...fieldOf(contract, least), nullable: true }) // prettier-ignore
      return [name, { ...schema, description: measure.means }]
    }),
  ]
  return { type: 'object', properties: Object.fromEntries(entries) as Json }
}

/** What an answer says whose totals protect persons; absent where they do not. */
const protectedSchema: Json = {
  type: 'object',
  description: 'Only where the grant shows totals alone: persons in groups of fewer are in no total',
  properties: { least: { type: 'integer', minimum: 2 } },
  required: ['least'],
}

const changeSchema: Json = {
  oneOf: [
    {
      type: 'object',
      properties: { op: { type: 'string', const: 'upsert' }, record: ref('SomeFields') },
      required: ['op', 'record'],
    },
    {
      type: 'object',
      properties: { op: { type: 'string', const: 'delete' }, key: ref('Key') },
      required: ['op', 'key'],
    },
  ],
}
