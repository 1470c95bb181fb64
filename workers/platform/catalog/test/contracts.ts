/** Three small products for the tests: a source, another source, and what is built on both. */
import { defineProduct, id, int, money, oneOf, text, time } from '@meshloop/contract'

const owner = { team: 'Purchase', support: 'purchase@shop.example' }

/** A product of the domain purchase. */
export const orders = defineProduct({
  id: 'purchase.orders',
  version: '1.2.0',
  title: 'Orders',
  purpose: 'Every order of the shop in its newest state.',
  owner,
  fields: {
    order_id: id('Number of the order', { examples: ['ord_1'] }),
    customer_id: id('Customer who ordered', { class: 'personal', of: 'customer.accounts#customer_id' }),
    placed_at: time('When it was placed'),
    status: oneOf(['placed', 'paid'], 'Where the order stands'),
    total_cents: money('What the customer pays', { unit: 'currency' }),
    currency: text('ISO 4217 code'),
  },
  key: ['order_id'],
  eventTime: 'placed_at',
  indexes: ['status'],
  measures: { orders: { means: 'How many orders', count: true } },
  dimensions: ['status'],
  freshness: 'PT5M',
})

/** A product of the domain customer, with texts that try to become markup. */
export const accounts = defineProduct({
  id: 'customer.accounts',
  version: '1.0.0',
  title: 'Accounts <script>alert(1)</script>',
  purpose: 'Changes of accounts | [click](javascript:alert(1)) "quoted" & more.',
  owner: { team: 'Customer', support: 'customer@shop.example' },
  fields: {
    event_id: id('Number of the event'),
    customer_id: id('Customer it happened to', { class: 'personal' }),
    happened_at: time('When it happened'),
  },
  key: ['event_id'],
  eventTime: 'happened_at',
  indexes: ['customer_id'],
  freshness: 'PT5M',
})

/** Derived from both, with a way back into apps. */
export const fraud = defineProduct({
  id: 'risk.fraud',
  version: '1.0.0',
  title: 'Fraud risk',
  purpose: 'How risky a customer’s next order is.',
  owner: { team: 'Risk', support: 'https://risk.shop.example' },
  fields: {
    customer_id: id('Customer that is judged', {
      class: 'personal',
      from: ['purchase.orders#customer_id', 'customer.accounts#customer_id'],
    }),
    computed_at: time('When it was computed', { from: [] }),
    score: int('0 to 100', {
      class: 'sensitive',
      name: 'Risk score',
      synonyms: ['rating', 'danger'],
      from: ['purchase.orders#total_cents', 'purchase.orders#status'],
    }),
  },
  key: ['customer_id'],
  eventTime: 'computed_at',
  freshness: 'PT10M',
  inputs: [
    { product: 'purchase.orders', major: 1 },
    { product: 'customer.accounts', major: 1 },
  ],
  flags: { set: 'fraud', subject: 'customer_id' },
  gate: ['freshness'],
  reintegration: {
    decided_by: 'Head of Risk',
    why: 'Stop fraud',
    risk: 'False alarms',
    review_by: '2027-06-01',
  },
})

/** Where the tests register them. */
export const origin = 'https://data.shop.example'
