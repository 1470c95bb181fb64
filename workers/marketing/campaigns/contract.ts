/** What newsletter campaigns bring: who was sent one, and who ordered through its link because of it. */
import { defineProduct, id, int, money, text, time } from '@meshloop/contract'

const sending = ['marketing.newsletter#event', 'marketing.newsletter#happened_at'] as const
const ordering = ['purchase.orders#placed_at', 'purchase.orders#status'] as const

/** One record a campaign and customer: of everybody who was sent it or ordered through its link. */
export const campaigns = defineProduct({
  id: 'marketing.campaigns',
  version: '1.3.0',
  title: 'Campaign conversion',
  purpose:
    'How many purchases a newsletter campaign really brought: sendings joined with orders, one record a campaign and customer.',
  limitations:
    'Only orders through the campaign’s own link are seen; who read the mail and ordered without it does not appear. Of a customer and campaign the last 100 orders count. Turnover is that of the orders in the currency of the first one.',
  terms:
    'For judging and planning campaigns. Not for choosing single customers: who may be written to is decided by their consent.',
  owner: { team: 'Marketing', support: 'marketing-data@shop.example' },
  access: { groups: { least: 5, of: 'customer_id', by: ['campaign_id', 'currency'] } },
  fields: {
    campaign_id: id('Campaign that was sent, or whose link led to an order', {
      name: 'Campaign number',
      synonyms: ['mailing'],
      of: 'marketing.newsletter#campaign_id',
      from: ['marketing.newsletter#campaign_id', 'purchase.orders#campaign_id'],
      examples: ['cmp_2026_45'],
    }),
    customer_id: id('Customer who was sent the campaign or ordered through its link', {
      name: 'Customer number',
      synonyms: ['recipient', 'buyer'],
      class: 'personal',
      of: 'customer.accounts#customer_id',
      from: ['marketing.newsletter#customer_id', 'purchase.orders#customer_id'],
      examples: ['cust_000042'],
    }),
    reached_at: time(
      'When the campaign reached the customer: it was sent, or, if it never was, the first order through its link',
      {
        name: 'Reached',
        from: [...sending, ...ordering],
        examples: ['2026-11-03T08:12:00.000Z'],
      },
    ),
    sent_at: time(
      'When the customer was first sent the campaign; none for somebody who has the link from elsewhere',
      { name: 'Sent', synonyms: ['mailed'], from: sending, nullable: true },
    ),
    recipient: int('1 for a customer who was sent the campaign, else 0', {
      name: 'Recipients',
      from: sending,
      min: 0,
      max: 1,
      examples: [1],
    }),
    purchased: int('1 for a recipient with at least one order that counts as conversion, else 0', {
      name: 'Purchasers',
      synonyms: ['converted', 'conversion rate'],
      from: [...sending, ...ordering],
      min: 0,
      max: 1,
      examples: [1],
    }),
    orders: int(
      'How many orders count as conversion: placed through the campaign’s link by a recipient, not before the sending and at most 14 days after it, neither cancelled nor returned',
      {
        name: 'Purchases',
        synonyms: ['conversions'],
        from: [...sending, ...ordering],
        min: 0,
        examples: [1],
      },
    ),
    other_orders: int(
      'How many orders through the link do not count as conversion although they were kept: by somebody who was not sent it, before the sending, or more than 14 days after it',
      { name: 'Other orders', from: [...sending, ...ordering], min: 0, examples: [0] },
    ),
    first_order_at: time('When the first order that counts as conversion was placed', {
      name: 'First purchase',
      from: [...sending, ...ordering],
      nullable: true,
    }),
    turnover_cents: money('What the orders that count as conversion brought', {
      name: 'Turnover',
      synonyms: ['revenue'],
      from: [...sending, ...ordering, 'purchase.orders#total_cents', 'purchase.orders#currency'],
      unit: 'currency',
      nullable: true,
      min: 0,
      examples: [4990],
    }),
    currency: text('ISO 4217 code of the turnover', {
      name: 'Currency',
      from: [...sending, ...ordering, 'purchase.orders#currency'],
      nullable: true,
      max: 3,
      examples: ['EUR'],
    }),
  },
  key: ['campaign_id', 'customer_id'],
  eventTime: 'reached_at',
  indexes: ['purchased'],
  measures: {
    recipients: { means: 'How many customers were sent the campaign', sum: 'recipient' },
    purchasers: { means: 'How many recipients ordered because of it', sum: 'purchased' },
    purchases: { means: 'How many orders it really brought', sum: 'orders' },
    other_orders: {
      means: 'How many orders came through its link otherwise: kept apart, no conversion',
      sum: 'other_orders',
    },
    turnover: { means: 'What the purchases brought', sum: 'turnover_cents' },
  },
  dimensions: ['campaign_id', 'currency'],
  rollups: [
    { by: ['campaign_id'], measures: ['recipients', 'purchasers', 'purchases', 'other_orders'] },
    {
      by: ['campaign_id', 'currency'],
      measures: ['recipients', 'purchasers', 'purchases', 'other_orders', 'turnover'],
    },
  ],
  // Its inputs promise five minutes, its own runs come once a minute: with the time of a run this is what can be kept.
  exports: { every: 'PT1H', keep: 'P7D' },
  freshness: 'PT10M',
  frequency: 'P7D',
  retention: 'P730D',
  availability: 99,
  lifecycle: { generalAvailability: '2026-11-15' },
  quality: {
    purchasers_have_purchases: {
      means: 'Whoever counts as purchaser has a purchase that counts',
      dimension: 'consistency',
      when: [{ field: 'purchased', is: 'eq', value: 1 }],
      holds: [
        { field: 'orders', is: 'gt', value: 0 },
        { field: 'first_order_at', is: 'present' },
      ],
    },
    only_recipients_convert: {
      means: 'Orders of somebody who was not sent the campaign are no conversion',
      dimension: 'accuracy',
      when: [{ field: 'recipient', is: 'eq', value: 0 }],
      holds: [
        { field: 'orders', is: 'eq', value: 0 },
        { field: 'sent_at', is: 'null' },
      ],
    },
    purchases_follow_the_sending: {
      means: 'No purchase that counts was placed before the campaign was sent',
      dimension: 'accuracy',
      holds: [{ field: 'first_order_at', is: 'gte', other: 'sent_at' }],
    },
    no_turnover_without_purchases: {
      means: 'Without a purchase that counts there is no turnover',
      dimension: 'consistency',
      when: [{ field: 'orders', is: 'eq', value: 0 }],
      holds: [{ field: 'turnover_cents', is: 'null' }],
    },
  },
  inputs: [
    { product: 'marketing.newsletter', major: 1 },
    { product: 'purchase.orders', major: 1 },
  ],
})
