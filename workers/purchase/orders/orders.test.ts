import { productSuite } from '@meshloop/product/testing'
import worker from './index.ts'
import { orders } from './contract.ts'

const statuses = ['placed', 'paid', 'shipped', 'completed'] as const

productSuite({
  worker,
  contract: orders,
  record: (n, revision) => ({
    order_id: `ord_${String(n).padStart(4, '0')}`,
    customer_id: `cust_${n % 5}`,
    placed_at: new Date(Date.UTC(2026, 0, 1, n)).toISOString(),
    updated_at: new Date(Date.UTC(2026, 0, 2, n, revision)).toISOString(),
    status: statuses[revision % 4],
    total_cents: 1_000 * n + revision,
    currency: n % 2 === 0 ? 'EUR' : 'USD',
    shipping_address_id: n % 3 === 0 ? null : `adr_${n}`,
    payment_method_id: null,
    item_count: n + 1,
    campaign_id: n % 4 === 0 ? `cmp_${n % 8}` : null,
    session_id: null,
  }),
})
