/** The Worker of the bench's derived product, and what tables it needs. */
import { derive, input, serve } from '@meshloop/product'
import { customers } from './customers.ts'
import { orders } from './orders.ts'

const worker = serve({
  derivation: derive({
    out: customers,
    key: ['customer_id'],
    inputs: {
      orders: input(orders, { by: ['customer_id'], fields: ['placed_at', 'total_cents'], last: 10 }),
    },
    build: ({ customer_id }, rows) => {
      const last = rows.orders.at(-1)
      const total_cents = rows.orders.reduce((sum, order) => sum + order.total_cents, 0)
      return last && { customer_id, last_at: last.placed_at, orders: rows.orders.length, total_cents }
    },
  }),
})

const fetch: typeof worker.fetch = async (request, env, context) =>
  new URL(request.url).pathname === '/tables'
    ? Response.json(worker.tables)
    : worker.fetch(request, env, context)

export default { ...worker, fetch }
