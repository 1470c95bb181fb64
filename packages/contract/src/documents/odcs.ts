/** A contract as an Open Data Contract Standard document, v3.1.0 (https://bitol-io.github.io/open-data-contract-standard). */
import { durationMs } from '../definition/duration.ts'
import type { Field } from '../definition/fields.ts'
import { kindOf, type Shape } from '../definition/kinds.ts'
import type { Contract } from '../definition/contract.ts'

type Json = Readonly<Record<string, unknown>>

/** The document; `url` is the product's base URL, where it is known. */
export function toOdcs(contract: Contract, url?: string): Json {
  return {
    version: contract.version,
    apiVersion: 'v3.1.0',
    kind: 'DataContract',
    id: contract.id,
    name: contract.title,
    status: 'active',
    domain: contract.id.split('.')[0],
    dataProduct: contract.id,
    description: {
      purpose: contract.purpose,
      ...(contract.limitations === undefined ? {} : { limitations: contract.limitations }),
    },
    ...(url === undefined ? {} : { servers: [{ server: 'http', type: 'api', location: url }] }),
    schema: [
      {
        name: 'records',
        physicalName: 'records',
        logicalType: 'object',
        physicalType: 'table',
        properties: Object.entries(contract.fields).map(([name, field]) => propertyOf(name, field, contract)),
      },
    ],
    team: { name: contract.owner.team },
    support: [{ channel: contract.owner.support, tool: 'email', url: `mailto:${contract.owner.support}` }],
    slaProperties: slaOf(contract),
  }
}

function propertyOf(name: string, field: Field, contract?: Contract): Json {
  const position = contract ? contract.key.indexOf(name) : -1
  return {
    name,
    ...typeOf(field),
    ...meaningOf(field),
    ...(position < 0 ? {} : { primaryKey: true, primaryKeyPosition: position + 1 }),
  }
}

function meaningOf(field: Field): Json {
  return {
    description: field.means,
    required: !field.nullable,
    classification: field.class,
    ...(field.examples === undefined ? {} : { examples: field.examples }),
    ...(field.of === undefined ? {} : { relationships: [{ type: 'foreignKey', to: referenceTo(field.of) }] }),
    ...(field.unit === undefined ? {} : { customProperties: [{ property: 'unit', value: field.unit }] }),
  }
}

function typeOf(field: Field): Json {
  const { odcs, sql } = kindOf(field.kind)
  const options = { ...odcs.logicalTypeOptions, ...limitsOf(field) }
  return {
    logicalType: odcs.logicalType,
    physicalType: sql,
    ...(Object.keys(options).length === 0 ? {} : { logicalTypeOptions: options }),
    ...(field.values === undefined ? {} : { quality: [allowedValues(field.values)] }),
    ...(field.items === undefined
      ? {}
      : { items: { ...typeOf(field.items), description: field.items.means } }),
    ...(field.fields === undefined
      ? {}
      : { properties: Object.entries(field.fields).map(([n, f]) => propertyOf(n, f)) }),
  }
}

/** A field of another contract, in ODCS's fully qualified notation: `<file>.yaml#/schema/<table>/properties/<field>`. */
const referenceTo = (reference: string): string =>
  reference.replace('#', '.odcs.yaml#/schema/records/properties/')

/** ODCS has no enumeration type: allowed values are a rule that no record may break. */
const allowedValues = (values: readonly string[]): Json => ({
  type: 'library',
  metric: 'invalidValues',
  arguments: { validValues: values },
  mustBe: 0,
})

function limitsOf({ kind, min, max }: Shape): Json {
  if (kind === 'text') return { maxLength: max ?? 2000 }
  if (kind === 'list') return { maxItems: max ?? 100 }
  return { ...(min === undefined ? {} : { minimum: min }), ...(max === undefined ? {} : { maximum: max }) }
}

/** ODCS spells freshness `latency`. Units are days or seconds, so that the value is exact. */
function slaOf({ freshness, retention, eventTime }: Contract): Json[] {
  const seconds = (duration: string): number => (durationMs(duration) ?? 0) / 1_000
  return [
    { property: 'latency', value: seconds(freshness), unit: 's', element: `records.${eventTime}` },
    ...(retention === undefined
      ? []
      : [{ property: 'retention', value: seconds(retention) / 86_400, unit: 'd' }]),
  ]
}
