/** Orders of the shop, one record an order in its newest state. */
import { defineProduct, id, int, money, oneOf, text, time } from '@meshloop/contract'

/** The contract of purchase.orders. */
export const orders = defineProduct({
  id: 'purchase.orders',
  version: '1.3.0',
  title: 'Orders',
  purpose:
    'Every order of the shop in its newest state, from the moment it is placed. The base of turnover, conversion and risk.',
  limitations:
    'One currency an order. Line items and prices of single articles are not part of this product.',
  terms:
    'For reports, forecasts and risk checks inside the company. Not for writing to customers, and not for judging single people beyond the check of an order.',
  owner: { team: 'Purchase', support: 'purchase-data@shop.example' },
  access: { groups: { least: 5, of: 'customer_id', by: ['status', 'currency'] } },
  fields: {
    order_id: id('Number of the order', {
      name: 'Order number',
      synonyms: ['purchase', 'transaction'],
      examples: ['ord_000042'],
    }),
    customer_id: id('Customer who ordered', {
      name: 'Customer number',
      synonyms: ['buyer', 'client'],
      class: 'personal',
      of: 'customer.accounts#customer_id',
      examples: ['cust_000042'],
    }),
    placed_at: time('When the customer placed the order', {
      name: 'Order date',
      synonyms: ['ordered at', 'time of purchase'],
      examples: ['2026-11-01T09:30:00.000Z'],
    }),
    updated_at: time('When the order last changed; the newest change of an order counts', {
      name: 'Last change',
      examples: ['2026-11-02T16:05:00.000Z'],
    }),
    status: oneOf(
      ['placed', 'paid', 'shipped', 'completed', 'cancelled', 'returned'],
      'Where the order stands. Cancelled and returned orders brought no turnover.',
      { name: 'Order status', synonyms: ['state', 'stage'] },
    ),
    total_cents: money('What the customer pays in all, tax and shipping included', {
      name: 'Order total',
      synonyms: ['amount', 'revenue', 'turnover', 'order value'],
      unit: 'currency',
      min: 0,
      examples: [4990],
    }),
    currency: text('ISO 4217 code of the currency', { name: 'Currency', max: 3, examples: ['EUR'] }),
    shipping_address_id: id('Address that the order goes to; none for orders without shipping', {
      name: 'Shipping address',
      synonyms: ['delivery address'],
      class: 'personal',
      nullable: true,
      examples: ['adr_000042_1'],
    }),
    payment_method_id: id('Card or account that pays; none for orders that cost nothing', {
      name: 'Means of payment',
      synonyms: ['card', 'bank account'],
      class: 'personal',
      nullable: true,
      examples: ['card_000042_1'],
    }),
    item_count: int('How many articles the order holds', {
      name: 'Articles',
      synonyms: ['items', 'quantity'],
      min: 0,
      examples: [3],
    }),
    campaign_id: id('Campaign whose link led to the order, if one did', {
      name: 'Campaign number',
      synonyms: ['mailing', 'attribution'],
      of: 'marketing.newsletter#campaign_id',
      nullable: true,
      examples: ['cmp_2026_45'],
    }),
    session_id: id('Visit in which the order was placed', {
      name: 'Visit',
      synonyms: ['session'],
      class: 'personal',
      nullable: true,
      examples: ['ses_8f2c41'],
    }),
  },
  key: ['order_id'],
  eventTime: 'placed_at',
  versionBy: 'updated_at',
  indexes: ['customer_id', 'status', 'campaign_id', ['status', 'placed_at'], ['customer_id', 'placed_at']],
  measures: {
    orders: { means: 'How many orders', count: true },
    customers: { means: 'How many different customers ordered', distinct: 'customer_id' },
    turnover: { means: 'Sum of what customers pay', sum: 'total_cents' },
    items: { means: 'Sum of articles', sum: 'item_count' },
    order_value: { means: 'What an order costs on average', average: 'total_cents' },
    articles_per_order: { means: 'How many articles an order holds', ratio: ['items', 'orders'] },
  },
  dimensions: ['status', 'currency', 'campaign_id', 'customer_id'],
  rollups: [{ by: ['status', 'currency', 'placed_at.day'], measures: ['orders', 'turnover', 'items'] }],
  exports: { every: 'PT1H', keep: 'P7D' },
  freshness: 'PT5M',
  frequency: 'P1D',
  retention: 'P730D',
  availability: 99.5,
  lifecycle: { generalAvailability: '2026-11-15' },
  quality: {
    changed_after_placed: {
      means: 'No order changes before it is placed',
      dimension: 'consistency',
      holds: [{ field: 'updated_at', is: 'gte', other: 'placed_at' }],
    },
    currency_given: {
      means: 'Every amount has a currency',
      dimension: 'completeness',
      missing: 'currency',
      standIns: ['', 'XXX'],
    },
    paid_orders_say_how: {
      means: 'What cost something and is paid was paid by a card or account that is known',
      severity: 'warning',
      dimension: 'completeness',
      when: [
        { field: 'status', is: 'eq', value: 'paid' },
        { field: 'total_cents', is: 'gt', value: 0 },
      ],
      holds: [{ field: 'payment_method_id', is: 'present' }],
      unit: 'percent',
      bound: { lt: 1 },
    },
    orders_hold_articles: {
      means: 'Nobody orders nothing',
      severity: 'warning',
      dimension: 'accuracy',
      holds: [{ field: 'item_count', is: 'gt', value: 0 }],
      unit: 'percent',
      bound: { lt: 1 },
    },
    orders_are_there: {
      means: 'The shop has sold something',
      severity: 'warning',
      dimension: 'coverage',
      rows: true,
      bound: { gt: 0 },
    },
  },
})
