/** What ODCS documents say of contracts, and what contracts make of ODCS documents. */
import { describe, expect, it } from 'vitest'
import { defineProduct, id, list, money, oneOf, struct, text, time, type Contract } from '../src/index.ts'
import { fromOdcs, OdcsError, toOdcs } from '../src/documents/index.ts'
import { foreign, options } from './foreign-odcs.ts'

const visits = defineProduct({
  id: 'shop.visits',
  version: '2.1.0',
  title: 'Visits',
  purpose: 'What people looked at.',
  limitations: 'Not of robots.',
  terms: 'For reports only.',
  price: { amount: 5, currency: 'EUR', unit: 'month' },
  owner: { team: 'Shop', support: 'shop@shop.example' },
  fields: {
    visit_id: id('Visit', { name: 'Visit number', synonyms: ['session'], examples: ['v1'] }),
    at: time('When'),
    state: oneOf(['on', 'off'], 'State', { class: 'personal' }),
    customer_id: id('Who', { nullable: true, of: 'customer.accounts#customer_id', from: ['a.b#c'] }),
    paid: money('Paid', { unit: 'currency', min: 0 }),
    currency: text('Currency', { max: 3 }),
    pages: list(struct({ path: text('Path') }, 'Page'), 'Pages', { max: 9 }),
  },
  key: ['visit_id'],
  eventTime: 'at',
  measures: { visits: { means: 'How many', count: true } },
  freshness: 'PT5M',
  retention: 'P90D',
  availability: 99.5,
  lifecycle: { generalAvailability: '2026-01-01', deprecated: '2027-01-01', endOfLife: '2027-06-01' },
  quality: {
    few_unknown: { means: 'Most visitors are known', nulls: 'customer_id', bound: { lt: 20 }, unit: 'percent', severity: 'warning' },
    free_is_known: { means: 'Free visits are of customers', when: [{ field: 'paid', is: 'eq', value: 0 }], holds: [{ field: 'customer_id', is: 'present' }] },
    once: { means: 'Once at a time', duplicates: ['visit_id', 'at'], bound: { between: [-1, 3] } },
  },
}) // prettier-ignore

interface Odcs {
  readonly schema: readonly [
    { readonly properties: readonly { readonly name: string }[]; readonly quality: unknown },
  ]
  readonly customProperties: readonly { readonly property: string }[]
}

describe('the document of a contract', () => {
  const document = toOdcs(visits, 'https://data.example/v2') as unknown as Odcs
  const property = (name: string) => document.schema[0].properties.find((each) => each.name === name)

  it('says in words of ODCS what ODCS has words for', () => {
    expect(document).toMatchObject({
      status: 'deprecated',
      description: { purpose: 'What people looked at.', usage: 'For reports only.', limitations: 'Not of robots.' },
      servers: [{ type: 'api', location: 'https://data.example/v2' }],
      price: { priceAmount: 5, priceCurrency: 'EUR', priceUnit: 'month' },
      team: { name: 'Shop' },
      support: [{ channel: 'shop@shop.example', tool: 'email', url: 'mailto:shop@shop.example' }],
      slaProperties: [
        { property: 'latency', value: 5, unit: 'min', element: 'records.at' },
        { property: 'retention', value: 90, unit: 'd' },
        { property: 'availability', value: 99.5, unit: 'percent' },
        { property: 'generalAvailability', value: '2026-01-01' },
        { property: 'endOfLife', value: '2027-06-01' },
      ],
    }) // prettier-ignore
    expect(property('visit_id')).toMatchObject({
      businessName: 'Visit number',
      primaryKey: true,
      examples: ['v1'],
    })
    expect(property('customer_id')).toMatchObject({
      required: false,
      transformSourceObjects: ['a.b#c'],
      relationships: [{ to: 'customer.accounts.odcs.yaml#/schema/records/properties/customer_id' }],
      quality: [{ metric: 'nullValues', mustBeLessThan: 20, unit: 'percent', severity: 'warning' }],
    })
    expect(property('state')).toMatchObject({
      classification: 'personal',
      quality: [{ metric: 'invalidValues', arguments: { validValues: ['on', 'off'] }, mustBe: 0 }],
    })
    expect(document.schema[0].quality).toMatchObject([
      {
        type: 'custom',
        engine: 'meshloop',
        implementation: { holds: [{ field: 'customer_id', is: 'present' }] },
      },
      { metric: 'duplicateValues', arguments: { properties: ['visit_id', 'at'] }, mustBeBetween: [-1, 3] },
    ])
  })

  it('says the rest, and nothing twice, in custom properties', () => {
    expect(document.customProperties.map(({ property: name }) => name)).toEqual([
      'meshloop.lifecycle',
      'meshloop.measures',
    ])
  })
})

const only = (document: unknown, more: object = {}): Contract => {
  const { products, refused } = fromOdcs(document, { ...options, ...more })
  return products[0]?.contract ?? expect.fail(JSON.stringify(refused))
}

describe('a foreign document', () => {
  const contract = only(foreign)

  it('becomes fields, rules and promises where they mean the same', () => {
    expect(contract).toMatchObject({
      id: 'shop.tbl-payments',
      version: '1.1.0',
      title: 'Tbl Payments',
      purpose: 'Payments of a day',
      owner: { team: 'Payments', support: '#payments' },
      key: ['payment_id'],
      eventTime: 'booked_at',
      freshness: 'PT1H',
      retention: 'P1095D',
      fields: {
        payment_id: { kind: 'text', max: 18, class: 'sensitive', nullable: false, name: 'PaymentID' },
        booked_at: { kind: 'time', class: 'sensitive', nullable: false, name: 'booked at' },
        amount: { kind: 'number', min: 0, nullable: true },
        state: { kind: 'enum', values: ['on', 'off'], class: 'personal' },
        owner: { kind: 'struct', fields: { full_name: { kind: 'text' } } },
        tags: { kind: 'list', items: { kind: 'int' } },
      },
      quality: {
        has_rows: { rows: true, bound: { gt: 0 } },
        missing_values_state: { missing: 'state', standIns: ['n/a'], bound: { lt: 5 }, unit: 'percent' },
      },
    })
    expect(Object.keys(contract.fields)).not.toContain('raw')
  })

  it.each([
    ['properties/booked_at_2', /time, which no kind/],
    ['properties/raw', /no members are told \(json\)/],
    ['owner/properties/blob', /vector, which no kind/],
    ['payment_id/logicalTypeOptions/minLength', /no word/],
    ['payment_id/logicalTypeOptions/pattern', /never compiled/],
    ['state/quality/rule_state', /somebody else can judge/],
    ['schema/records/quality/rule', /somebody else can judge/],
    ['payment_id/name', /the contract says "payment_id"/],
    ['/tenant', /no word/],
  ])('keeps %s aside and says why', (path, reason) => {
    const { kept } = fromOdcs(foreign, options).products[0] ?? expect.fail('it is read')
    expect(kept.find((part) => part.path.includes(path))?.reason).toMatch(reason)
  })

  it('is several products where it has several tables, which refer to each other', () => {
    const table = (name: string, to?: string) => ({
      name,
      description: name,
      properties: [
        { name: 'id', logicalType: 'string', primaryKey: true, ...(to ? { relationships: [{ to }] } : {}) },
        { name: 'at', logicalType: 'timestamp' },
      ],
    })
    const document = {
      ...foreign,
      schema: [table('Order Lines', 'orders.id'), table('orders'), table('order_lines')],
    }
    const { products, refused } = fromOdcs(document, { ...options, eventTime: 'at' })
    expect(refused).toEqual([])
    expect(products.map((product) => product.contract.id)).toEqual([
      'shop.order-lines',
      'shop.orders',
      'shop.order-lines-2',
    ])
    expect(products[0]?.contract.fields['id']?.of).toBe('shop.orders#id')
  })
})

describe('the id of a product', () => {
  const document = JSON.parse(JSON.stringify(toOdcs(visits))) as Record<string, unknown>
  const idOf = (given: object): string[] =>
    fromOdcs(document, given).products.map(({ contract }) => contract.id)

  it('is the document’s where it is one of ours, in another domain if one is given', () => {
    expect(idOf({})).toEqual(['shop.visits'])
    expect(idOf({ domain: 'web' })).toEqual(['web.visits'])
    expect(idOf({ product: 'clicks' })).toEqual(['shop.clicks'])
  })

  it('follows the tables where there are several', () => {
    const [table] = document['schema'] as object[]
    const several = {
      ...document,
      id: 'other.thing',
      schema: [
        { ...table, name: 'A' },
        { ...table, name: 'B' },
      ],
    }
    expect(fromOdcs(several).products.map(({ contract }) => contract.id)).toEqual(['shop.a', 'shop.b'])
  })
})

it('an object that stands in two places has two names', () => {
  const property = { name: 'Twice', logicalType: 'string' }
  const [table] = foreign.schema
  const contract = only({
    ...foreign,
    schema: [{ ...table, properties: [...table.properties, property, property] }],
  })
  expect(Object.keys(contract.fields)).toEqual(expect.arrayContaining(['twice', 'twice_2']))
})

describe('what a contract needs and a document does not say', () => {
  const bare = {
    apiVersion: 'v3.2.0',
    kind: 'DataContract',
    schema: [{ name: 't', properties: [{ name: 'Key', logicalType: 'string' }, { name: 'at', logicalType: 'timestamp' }, { name: 'x', logicalType: 'map' }] }],
  } // prettier-ignore
  const all = {
    domain: 'd',
    key: ['Key'],
    eventTime: 'at',
    freshness: 'PT1H',
    team: 'T',
    support: 's',
    purpose: 'p',
  }

  it('is given as options', () => expect(only(bare, all)).toMatchObject({ id: 'd.t', key: ['key'] }))

  it.each([
    ['domain', { domain: undefined }, /no domain/],
    ['key', { key: undefined }, /no primary key.* out of key, at$/],
    ['key', { key: ['nothing'] }, /no field nothing.* out of key, at$/],
    ['key', { key: ['x'] }, /needs x, which is a map/],
    ['eventTime', { eventTime: undefined }, /when something happened.* out of at$/],
    ['eventTime', { eventTime: 'Key' }, /needs another field than key, a text/],
    ['addEventTime', { eventTime: undefined, addEventTime: 'at' }, /has a field at already/],
    ['freshness', { freshness: undefined }, /no latency/],
    ['team', { team: undefined }, /no name of a team/],
    ['support', { support: undefined }, /no support channel/],
    ['purpose', { purpose: undefined }, /what it nor what t is for/],
  ])('is asked for: %s', (option, more, problem) => {
    const { refused } = fromOdcs(bare, { ...all, ...more })
    expect(refused).toMatchObject([
      { table: 't', reasons: [{ option, problem: expect.stringMatching(problem) }] },
    ])
  })

  it('may be a field that the product adds', () => {
    const contract = only(bare, { ...all, eventTime: undefined, addEventTime: 'recorded_at' })
    expect(contract.fields['recorded_at']).toMatchObject({ kind: 'time', nullable: false })
  })

  it('is refused like any contract where it is given wrongly', () => {
    const { refused } = fromOdcs(bare, { ...all, freshness: 'soon', addEventTime: 'Not A Name' })
    expect(refused[0]?.reasons.map(({ path }) => path)).toEqual(['freshness', 'fields.Not A Name'])
  })
})

const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) })
const circle: { self?: unknown } = {}
circle.self = circle

describe('a document that is none', () => {
  it.each([
    ['nothing', null, /no object/],
    ['a list', [], /no object/],
    ['a data product', { ...foreign, kind: 'DataProduct' }, /DataProduct/],
    ['version 2', { ...foreign, apiVersion: 'v2.2.2' }, /v3.0.0 to v3.2.0/],
    ['no version', { ...foreign, apiVersion: undefined }, /JSON value|missing/],
    ['a version of tomorrow', { ...foreign, apiVersion: 'v3.3.0' }, /v3.0.0 to v3.2.0/],
    ['no tables', { ...foreign, schema: [] }, /has no table/],
    ['tables that are none', { ...foreign, schema: { a: 1 } }, /list of tables/],
    ['a table without a name', { ...foreign, schema: [{}] }, /has a name/],
    ['two tables of one name', { ...foreign, schema: [{ name: 't' }, { name: 't' }] }, /two tables/],
    ['properties without end', { ...foreign, schema: [{ name: 't', properties: Array.from({ length: 1_001 }, (_, i) => ({ name: `${i}` })) }] }, /more than 1000/],
    ['properties that are none', { ...foreign, schema: [{ name: 't', properties: ['a'] }] }, /list of objects/],
    ['custom properties that are none', { ...foreign, customProperties: 'x' }, /list of objects/],
    ['a depth without end', { ...foreign, x: deep(200) }, /deeper than 18/],
    ['a depth beyond the stack', { ...foreign, x: JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) }, /deeper/],
    ['itself within itself', { ...foreign, circle }, /deeper/],
    ['a breadth without end', { ...foreign, x: Array.from({ length: 300_000 }, () => 0) }, /more than 250000/],
    ['a date that is no JSON', { ...foreign, x: new Date(0) }, /no JSON value/],
    ['infinity', { ...foreign, x: Number.POSITIVE_INFINITY }, /no JSON value/],
    ['a prototype', JSON.parse('{"__proto__":{"kind":"DataContract"}}'), /__proto__/],
  ])('is refused for %s', (_, document, problem) => {
    const refused = (() => {
      try {
        return fromOdcs(document, options)
      } catch (error) {
        return error
      }
    })()
    expect(refused).toBeInstanceOf(OdcsError)
    expect(refused).toMatchObject({ code: 'odcs_refused', message: expect.stringMatching(problem) })
  }) // prettier-ignore
})

describe('a hostile document', () => {
  const table = (more: object, property: object = {}) => ({
    ...foreign,
    schema: [
      {
        name: 't',
        description: 'd',
        ...more,
        properties: [
          { name: 'k', logicalType: 'string', primaryKey: true, ...property },
          { name: 'booked at', logicalType: 'timestamp' },
        ],
      },
    ],
  })

  it.each([
    ['SQL as a table', table({ name: 'x"; DROP TABLE records; --' }), 'shop.x-drop-table-records'],
    ['a path as a table', table({ name: '../../etc/passwd' }), 'shop.etc-passwd'],
    ['a table without a letter', table({ name: '日本' }), 'shop.product'],
  ])('%s becomes a plain name', (_, document, expected) => expect(only(document).id).toBe(expected))

  it.each([
    ['SQL', 'x"; DROP TABLE records; --', 'x_drop_table_records'],
    ['a prototype', '__proto__', 'proto'],
    ['what every object has', 'constructor', 'field_constructor'],
    ['a system column', '_seq', 'seq'],
    ['no letter', '42', 'field_42'],
    ['no name that could be shown', '日本', 'field'],
    ['a name without end', 'x'.repeat(150), 'x'.repeat(63)],
  ])('%s as a property becomes a plain name', (_, name, expected) => {
    const contract = only(table({}, { name }))
    expect(contract.key).toEqual([expected])
    const [{ properties }] = (toOdcs(contract) as unknown as Odcs).schema
    expect(properties[0]?.name).toBe(name)
  })

  it('has its regular expressions carried, never run', () => {
    const contract = only(table({}, { logicalTypeOptions: { pattern: '(' } }))
    expect(JSON.stringify(contract.carried)).toContain('"("')
  })

  it('of many fields is refused for them, and soon', () => {
    const properties = Array.from({ length: 900 }, (_, i) => ({
      name: i === 0 ? 'k' : 'same',
      logicalType: 'string',
      quality: [{ metric: 'nullValues', mustBe: 0 }],
    }))
    const { refused } = fromOdcs(
      { ...foreign, schema: [{ name: 't', description: 'd', properties }] },
      { ...options, key: ['k'], addEventTime: 'at' },
    )
    expect(refused[0]?.reasons).toMatchObject([
      { path: 'fields', problem: expect.stringMatching(/1 to 95/) },
      { path: 'quality', problem: expect.stringMatching(/at most 200/) },
    ])
  })

  it('cannot say of a contract what no contract may say', () => {
    const customProperties = [{ property: 'meshloop.ports', value: ['ingest'] }]
    const { refused } = fromOdcs({ ...table({}), customProperties }, options)
    expect(refused[0]?.reasons[0]?.path).toBe('ports.0')
  })
})

it('what is carried without meaning is harmless', () => {
  const carried = {
    kept: [
      { at: '/schema/records/properties/nothing/name', is: 'x' },
      { at: `/${'a/'.repeat(50_000)}`, is: 1 },
      { at: '/__proto__/polluted', is: 1 },
      { at: 5, is: 1 },
      'x',
      { at: '/kind', is: 'Other', over: 'no longer so' },
    ],
  }
  expect(toOdcs({ ...visits, carried })).toEqual(toOdcs(visits))
  expect(Object.prototype).not.toHaveProperty('polluted')
})
