/** The Worker of the bench's derived product, and what tables it needs. */
import { derive, input, serve } from '@meshloop/product'
import { customers, visits } from './customers.ts'
import { orders } from './orders.ts'

const worker = serve({
  derivation: derive({
    out: customers,
    key: ['customer_id'],
    inputs: {
      orders: input(orders, {
        by: ['customer_id'],
        fields: ['placed_at', 'total_cents', 'session_id'],
        last: 10,
      }),
      visits: input(visits, { via: 'orders', by: { session_id: 'visit_id' }, fields: ['device'], last: 1 }),
    },
    build: ({ customer_id }, rows) => {
      const last = rows.orders.at(-1)
      const total_cents = rows.orders.reduce((sum, order) => sum + order.total_cents, 0)
      const phones = rows.visits.filter(({ device }) => device === 'phone').length
      return last && { customer_id, last_at: last.placed_at, orders: rows.orders.length, total_cents, phones }
    },
  }),
})

const fetch: typeof worker.fetch = async (request, env, context) =>
  new URL(request.url).pathname === '/tables'
    ? Response.json(worker.tables)
    : worker.fetch(request, env, context)

export default { ...worker, fetch }
