/** Orders of the shop, one record an order in its newest state. */
import { defineProduct, id, int, money, oneOf, text, time } from '@meshloop/contract'

/** The contract of purchase.orders. */
export const orders = defineProduct({
  id: 'purchase.orders',
  version: '1.0.0',
  title: 'Orders',
  purpose:
    'Every order of the shop in its newest state, from the moment it is placed. The base of turnover, conversion and risk.',
  limitations:
    'One currency an order. Line items and prices of single articles are not part of this product.',
  owner: { team: 'Purchase', support: 'purchase-data@shop.example' },
  fields: {
    order_id: id('Number of the order', { examples: ['ord_000042'] }),
    customer_id: id('Customer who ordered', { class: 'personal', examples: ['cust_000042'] }),
    placed_at: time('When the customer placed the order', { examples: ['2026-11-01T09:30:00.000Z'] }),
    updated_at: time('When the order last changed; the newest change of an order counts', {
      examples: ['2026-11-02T16:05:00.000Z'],
    }),
    status: oneOf(
      ['placed', 'paid', 'shipped', 'completed', 'cancelled', 'returned'],
      'Where the order stands. Cancelled and returned orders brought no turnover.',
    ),
    total_cents: money('What the customer pays in all, tax and shipping included', {
      unit: 'currency',
      min: 0,
      examples: [4990],
    }),
    currency: text('ISO 4217 code of the currency', { max: 3, examples: ['EUR'] }),
    shipping_address_id: id('Address that the order goes to; none for orders without shipping', {
      class: 'personal',
      nullable: true,
      examples: ['adr_000042_1'],
    }),
    payment_method_id: id('Card or account that pays; none for orders that cost nothing', {
      class: 'personal',
      nullable: true,
      examples: ['card_000042_1'],
    }),
    item_count: int('How many articles the order holds', { min: 0, examples: [3] }),
    campaign_id: id('Campaign whose link led to the order, if one did', {
      nullable: true,
      examples: ['cmp_2026_45'],
    }),
    session_id: id('Visit in which the order was placed', {
      class: 'personal',
      nullable: true,
      examples: ['ses_8f2c41'],
    }),
  },
  key: ['order_id'],
  eventTime: 'placed_at',
  versionBy: 'updated_at',
  indexes: ['customer_id', 'status', 'campaign_id'],
  measures: {
    orders: { means: 'How many orders', count: true },
    customers: { means: 'How many different customers ordered', distinct: 'customer_id' },
    turnover: { means: 'Sum of what customers pay', sum: 'total_cents' },
    items: { means: 'Sum of articles', sum: 'item_count' },
  },
  dimensions: ['status', 'currency', 'campaign_id', 'customer_id'],
  freshness: 'PT5M',
})
