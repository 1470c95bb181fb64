/** What is derived in the bench: how much each customer ordered. */
import { defineProduct, id, int, time } from '@meshloop/contract'
import { orders } from './orders.ts'

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
  },
  key: ['customer_id'],
  eventTime: 'last_at',
  inputs: [{ product: orders.id, major: 1 }],
  freshness: 'PT15M',
})
