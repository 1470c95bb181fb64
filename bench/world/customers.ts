/** What is derived in the bench: how much each customer ordered, and on how many phones. */
import { defineProduct, id, int, oneOf, time } from '@meshloop/contract'
import { orders } from './orders.ts'

/** The visits in which orders were placed. */
export const visits = defineProduct({
  id: 'bench.visits',
  version: '1.0.0',
  title: 'Visits',
  purpose: 'Visits for the bench.',
  owner: { team: 'Bench', support: 'bench@shop.example' },
  fields: { visit_id: id('Visit'), at: time('When'), device: oneOf(['phone', 'computer'], 'On what') },
  key: ['visit_id'],
  eventTime: 'at',
  freshness: 'PT5M',
})

/** The contract. */
export const customers = defineProduct({
  id: 'bench.customers',
  version: '1.0.0',
  title: 'Customers',
  purpose: 'A derived product for the bench.',
  owner: { team: 'Bench', support: 'bench@shop.example' },
  fields: {
    customer_id: id('Customer'),
    last_at: time('Last order'),
    orders: int('Orders that were seen'),
    total_cents: int('Their sum'),
    phones: int('Visits of these orders that were on a phone'),
  },
  key: ['customer_id'],
  eventTime: 'last_at',
  inputs: [
    { product: orders.id, major: 1 },
    { product: visits.id, major: 1 },
  ],
  freshness: 'PT15M',
})
