/** A document of somebody else's, with what a contract has words for and what it has not. */

/** What the document does not say. */
export const options = { domain: 'shop', eventTime: 'booked at', team: 'Payments', freshness: 'PT1H' }

/** The document. */
export const foreign = {
  apiVersion: 'v3.0.2',
  kind: 'DataContract',
  id: '53581432-6c55-4ba2-a65f-72344a91553a',
  version: '1.1',
  status: 'draft',
  tenant: 'ClimateQuantumInc',
  tags: [],
  schema: [
    {
      name: 'Tbl Payments',
      physicalName: 'tbl_1',
      description: 'Payments of a day',
      tags: ['finance'],
      relationships: [{ type: 'foreignKey', from: ['tbl.a', 'tbl.b'], to: ['c.a', 'c.b'] }],
      properties: [
        {
          name: 'PaymentID',
          primaryKey: true,
          primaryKeyPosition: 1,
          logicalType: 'string',
          physicalType: 'varchar(18)',
          logicalTypeOptions: { pattern: '(a+)+$', minLength: 3 },
          classification: 'restricted',
          required: false,
        },
        { name: 'booked at', logicalType: 'date', physicalType: 'timestamp', classification: 'C3' },
        { name: 'Booked At', logicalType: 'time' },
        {
          name: 'amount',
          logicalType: 'number',
          physicalType: 'numeric(10,2)',
          logicalTypeOptions: { minimum: 0, exclusiveMaximum: 10, format: 'f64' },
          examples: [1, 'many'],
          customProperties: [{ property: 'anonymizationStrategy', value: null }],
        },
        {
          name: 'state',
          logicalType: 'string',
          tags: ['PII'],
          quality: [
            { metric: 'invalidValues', arguments: { validValues: ['on', 'off'] }, mustBe: 0, scheduler: 'cron' },
            { type: 'sql', query: 'select 1', mustBe: 1 },
            { metric: 'missingValues', arguments: { missingValues: [null, 'n/a'] }, mustBeLessThan: 5, unit: 'percent', businessImpact: 'high', severity: 'error' },
          ],
        },
        { name: 'note', logicalType: 'string', description: 'a note', encryptedName: 'enc' },
        { name: 'owner', logicalType: 'object', properties: [{ name: 'Full Name', logicalType: 'string' }, { name: 'blob', logicalType: 'vector' }] },
        { name: 'tags', logicalType: 'array', items: { logicalType: 'integer', logicalTypeOptions: { multipleOf: 2 } } },
        { name: 'raw', logicalType: 'object', physicalType: 'json' },
      ],
      quality: [
        { type: 'library', metric: 'rowCount', mustBeGreaterThan: 0, name: 'Has rows!' },
        { type: 'custom', engine: 'soda', implementation: 'x: 1' },
      ],
    },
  ],
  support: [{ channel: '#payments', scope: 'issues' }, { channel: 'mail', url: 'mailto:a@b.example' }],
  team: [{ username: 'ceastwood', role: 'dpo' }],
  slaProperties: [
    { property: 'latency', value: 2, unit: 'months' },
    { property: 'retention', value: 3, unit: 'y', element: 'tbl.a' },
    { property: 'timeOfAvailability', value: '09:00', driver: 'regulatory' },
    { property: 'timeOfAvailability', value: '08:00', driver: 'analytics' },
    { property: 'bananas', value: 3 },
  ],
  customProperties: [{ property: 'refRulesetName', value: 'gcsc' }],
} as const // prettier-ignore
