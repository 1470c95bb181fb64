/** A product as a tool that agents call: the description that the Model Context Protocol has for one (2025-06-18). */
import { fieldOf, filterable, type Contract } from '../definition/contract.ts'
import { operatorsOf, type Operator } from '../definition/kinds.ts'
import { describedSchemaOf, toJsonSchema } from './json-schema.ts'

type Json = Readonly<Record<string, unknown>>

/** A tool of the Model Context Protocol. */
export interface Tool {
  /** Letters, digits, `_` and `-`, as every agent takes them: `purchase_orders_v1_records`. */
  readonly name: string
  readonly title: string
  readonly description: string
  readonly inputSchema: Json
  readonly outputSchema: Json
  readonly annotations: Json
}

/**
 * Reads records of the product at `url`. The arguments are the query parameters of `/records`; a filter is an object of
 * comparisons, since not every agent takes brackets in names: `{ placed_at: { gte: … } }` is `placed_at[gte]=…`.
 */
export function toTool(contract: Contract, url: string): Tool {
  const { id, version, title, purpose, limitations, terms } = contract
  const how = `Reads GET ${url}/records: a filter {"field":{"gte":value}} becomes the parameter field[gte]=value, eq the parameter field=value; lists are joined by commas. The answer says up to when it is complete in the header meshloop-as-of.`
  return {
    name: `${id.replace('.', '_')}_v${version.split('.')[0]}_records`,
    title: `${title}: records`,
    description: [
      purpose,
      limitations && `Limitations: ${limitations}`,
      terms && `Terms of use: ${terms}`,
      how,
    ]
      .filter(Boolean)
      .join('\n\n'),
    inputSchema: inputOf(contract),
    outputSchema: outputOf(contract),
    annotations: { readOnlyHint: true, openWorldHint: false },
  }
}

function inputOf(contract: Contract): Json {
  const names = filterable(contract)
  const fields = Object.keys(contract.fields)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      ...Object.fromEntries(names.map((name) => [name, filterOf(contract, name)])),
      sort: {
        type: 'array',
        items: { type: 'string', enum: names.flatMap((name) => [name, `-${name}`]) },
        description: 'Order by these fields, descending with a minus; the key decides ties',
      },
      fields: {
        type: 'array',
        items: { type: 'string', enum: fields },
        description: 'Return only these fields',
      },
      limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100, description: 'Records at most' },
      cursor: { type: 'string', description: 'next_cursor of the page before' },
      max_staleness: {
        type: 'string',
        description: 'Refuse the answer when the data is complete only up to longer ago: PT5M, P1D',
      },
    },
    additionalProperties: false,
  }
}

function filterOf(contract: Contract, name: string): Json {
  const field = fieldOf(contract, name)
  const value = describedSchemaOf({ ...field, nullable: false })
  return {
    type: 'object',
    ...(field.name === undefined ? {} : { title: field.name }),
    description: field.means,
    properties: Object.fromEntries(operatorsOf(field).map((op) => [op, comparedBy(op, value)])),
    additionalProperties: false,
  }
}

function comparedBy(op: Operator, value: Json): Json {
  if (op === 'in') return { type: 'array', items: value, maxItems: 100 }
  return op === 'null' ? { type: 'boolean' } : value
}

/** With `fields` a page's records have only some members. */
function outputOf(contract: Contract): Json {
  const { $schema, properties, description } = toJsonSchema(contract)
  return {
    $schema,
    type: 'object',
    properties: {
      records: { type: 'array', items: { type: 'object', description, properties } },
      next_cursor: { type: ['string', 'null'], description: 'null at the end' },
    },
    required: ['records', 'next_cursor'],
  }
}
