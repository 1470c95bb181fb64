/** The Open Data Contract Standard document of a contract, before what was kept of another document is laid over it. */
import { durationMs } from '../../definition/duration.ts'
import { fieldsOfRule } from '../../definition/quality.ts'
import type { Contract } from '../../definition/contract.ts'
import { defined, type Json } from './json.ts'
import { SERVER } from './kept.ts'
import { toService } from './durations.ts'
import { writeProperty } from './write-property.ts'
import { writeRule } from './write-rule.ts'

/** The version of the standard that documents are written in. */
export const API_VERSION = 'v3.1.0'

/** The document; `url` is the product's base URL, where it is known. */
export function writeOdcs(contract: Contract, url?: string): Json {
  const { id, price, owner } = contract
  return defined({
    version: contract.version,
    apiVersion: API_VERSION,
    kind: 'DataContract',
    id,
    name: contract.title,
    // Without a clock: what is announced to go is no longer to be built on.
    status: contract.lifecycle?.deprecated === undefined ? 'active' : 'deprecated',
    domain: id.split('.')[0],
    description: defined({
      purpose: contract.purpose,
      limitations: contract.limitations,
      usage: contract.terms,
    }),
    servers: url === undefined ? undefined : [{ server: SERVER, type: 'api', location: url }],
    schema: [writeTable(contract)],
    price: price && {
      priceAmount: price.amount,
      priceCurrency: price.currency,
      priceUnit: price.unit,
    },
    team: { name: owner.team },
    support: [writeSupport(owner.support)],
    slaProperties: writeServiceLevels(contract),
  })
}

function writeTable(contract: Contract): Json {
  const rules = Object.entries(contract.quality ?? {}).map(([name, rule]) => ({
    rule: writeRule(name, rule),
    // A rule about one field stands at the field, where ODCS knows its metric.
    field: 'holds' in rule || fieldsOfRule(rule).length !== 1 ? undefined : fieldsOfRule(rule)[0],
  }))
  const rulesOf = (field: string | undefined): readonly Json[] =>
    rules.filter((each) => each.field === field).map(({ rule }) => rule)
  const ofTable = rulesOf(undefined)
  return defined({
    name: 'records',
    physicalName: 'records',
    logicalType: 'object',
    physicalType: 'table',
    businessName: contract.title,
    description: contract.purpose,
    properties: Object.entries(contract.fields).map(([name, field]) => {
      const position = contract.key.indexOf(name)
      const key = position < 0 ? {} : { primaryKey: true, primaryKeyPosition: position + 1 }
      return { ...writeProperty(field, name, rulesOf(name)), ...key }
    }),
    quality: ofTable.length === 0 ? undefined : ofTable,
  })
}

function writeSupport(support: string): Json {
  if (/^https:\/\/\S+$/.test(support)) return { channel: support, url: support }
  return /^[^\s@]+@[^\s@]+$/.test(support)
    ? { channel: support, tool: 'email', url: `mailto:${support}` }
    : { channel: support }
}

/** ODCS spells freshness `latency`. */
function writeServiceLevels(contract: Contract): Json[] {
  const { freshness, frequency, retention, availability, lifecycle = {}, eventTime } = contract
  const element = `records.${eventTime}`
  const level = (property: string, duration: string | undefined, more: Json = {}): Json[] =>
    duration === undefined || durationMs(duration) === undefined
      ? []
      : [{ property, ...toService(duration), ...more }]
  const { generalAvailability, endOfSupport, endOfLife } = lifecycle
  return [
    ...level('latency', freshness, { element }),
    ...level('frequency', frequency),
    ...level('retention', retention, { element }),
    ...(availability === undefined
      ? []
      : [{ property: 'availability', value: availability, unit: 'percent' }]),
    ...Object.entries({ generalAvailability, endOfSupport, endOfLife }).flatMap(([property, value]) =>
      value === undefined ? [] : [{ property, value }],
    ),
  ]
}
