/** The product of the benches: orders of twelve fields, like those of purchase.orders, but with nothing beside them. */
import { defineProduct, id, int, money, oneOf, text, time } from '@meshloop/contract'

/** Values of `status`; an order has each of them alike often. */
export const statuses = ['placed', 'paid', 'shipped', 'completed'] as const

/** The contract: three indexes beside the key and the times, one of them of two fields. */
export const orders = defineProduct({
  id: 'bench.orders',
  version: '1.0.0',
  title: 'Orders',
  purpose: 'Orders for the bench.',
  owner: { team: 'Bench', support: 'bench@shop.example' },
  fields: {
    order_id: id('Number'),
    customer_id: id('Customer'),
    placed_at: time('Placed'),
    updated_at: time('Changed'),
    status: oneOf(statuses, 'Status'),
    total_cents: money('Total', { unit: 'currency', min: 0 }),
    currency: text('Currency', { max: 3 }),
    shipping_address_id: id('Address', { nullable: true }),
    payment_method_id: id('Card', { nullable: true }),
    item_count: int('Articles', { min: 0 }),
    campaign_id: id('Campaign', { nullable: true }),
    session_id: id('Visit', { nullable: true }),
  },
  key: ['order_id'],
  eventTime: 'placed_at',
  versionBy: 'updated_at',
  indexes: ['customer_id', 'campaign_id', ['status', 'placed_at']],
  measures: {
    orders: { means: 'How many', count: true },
    turnover: { means: 'Sum', sum: 'total_cents' },
  },
  dimensions: ['status', 'currency'],
  exports: { every: 'PT10M' },
  freshness: 'PT5M',
})

const FIRST_MS = Date.UTC(2026, 0, 1)
const CUSTOMERS = 5_000

/** More orders than a year has five minutes: order number `n` as if there were one each ten seconds. */
export function orderNow(n: number): Readonly<Record<string, string | number | null>> {
  const at = new Date(FIRST_MS + n * 10_000).toISOString()
  return { ...orderOf(n), placed_at: at, updated_at: at }
}

/** Order number `n`: one each five minutes from 1 January 2026; every third has no campaign. */
export function orderOf(n: number): Readonly<Record<string, string | number | null>> {
  const placedAt = new Date(FIRST_MS + n * 300_000).toISOString()
  return {
    order_id: `ord_${String(n).padStart(8, '0')}`,
    customer_id: `cust_${(n * 7919) % CUSTOMERS}`,
    placed_at: placedAt,
    updated_at: placedAt,
    status: statuses[n % statuses.length] ?? 'placed',
    total_cents: 1_000 + (n % 50_000),
    currency: n % 10 === 0 ? 'USD' : 'EUR',
    shipping_address_id: `adr_${n % 9_000}`,
    payment_method_id: n % 5 === 0 ? null : `card_${n % 7_000}`,
    item_count: 1 + (n % 9),
    campaign_id: n % 3 === 0 ? null : `cmp_${n % 40}`,
    session_id: `ses_${n.toString(36)}`,
  }
}
