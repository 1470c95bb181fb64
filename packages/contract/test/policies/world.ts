/** Small contracts and a small mesh that keep every policy, for tests to change. */
import { id, money, text, time, type Contract, type Field, type Fields } from '../../src/index.ts'
import type { Exception, MeshView } from '../../src/policies/index.ts'

/** The day of these tests. */
export const TODAY = '2026-11-22'

const base = {
  version: '1.0.0',
  title: 'For the tests',
  purpose: 'For the tests.',
  owner: { team: 'Shop', support: 'shop@shop.example' },
  key: ['visit_id'],
  eventTime: 'at',
  freshness: 'PT5M',
  retention: 'P90D',
} as const

const visitFields = {
  visit_id: id('Visit'),
  at: time('When the visit began'),
  spent_cents: money('What was spent', { unit: 'currency' }),
  currency: text('ISO 4217 code of the currency'),
}

/** A source-aligned product without personal data. */
export const visits = (more: Partial<Contract> = {}): Contract => ({
  id: 'shop.visits',
  ...base,
  fields: visitFields,
  ...more,
})

/** `visits` with these fields too. */
export const withFields = (fields: Fields, more: Partial<Contract> = {}): Contract =>
  visits({ fields: { ...visitFields, ...fields }, ...more })

/** `visits` with one field more, called `name`. */
export const withField = (name: string, field: Field): Contract => withFields({ [name]: field })

/** Another domain's product, with personal data. */
export const people = (more: Partial<Contract> = {}): Contract => ({
  id: 'customer.people',
  ...base,
  owner: { team: 'Customer', support: 'customer@shop.example' },
  fields: {
    customer_id: id('Customer', { class: 'personal' }),
    since: time('Customer since when'),
    email: text('Where mails go', { class: 'personal' }),
    weight: { ...money('What the customer weighs', { unit: 'kg' }), kind: 'int', class: 'sensitive' },
  },
  key: ['customer_id'],
  eventTime: 'since',
  ...more,
})

/** A product that is derived from `visits` and `people`. */
export const totals = (more: Partial<Contract> = {}, fields: Fields = {}): Contract => ({
  id: 'shop.totals',
  ...base,
  fields: {
    visit_id: id('Visit', { from: ['shop.visits#visit_id'] }),
    at: time('When the visit began', { from: ['shop.visits#at'] }),
    ...fields,
  },
  freshness: 'PT6M',
  inputs: [
    { product: 'shop.visits', major: 1 },
    { product: 'customer.people', major: 1 },
  ],
  ...more,
})

/** A catalog that knows `visits` and `people`, and a domain that has set a limit. */
export const mesh = (more: Partial<MeshView> = {}): MeshView => ({
  products: [visits(), people()],
  previous: undefined,
  domain: {
    domain: 'shop',
    team: 'Shop',
    support: 'shop@shop.example',
    limits: { personalRetention: 'P365D' },
  },
  today: TODAY,
  ...more,
})

/** An exception for `shop.visits` that is in force. */
export const exception = (more: Partial<Exception> = {}): Exception => ({
  policy: 'personal-data-classified',
  product: 'shop.visits',
  owner: 'Data Protection',
  reason: 'It is the address of a shop',
  expires: '2027-05-31',
  ...more,
})
