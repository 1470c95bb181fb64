/** How risk.fraud is built: orders × account events of each customer. */
import { accounts } from '@meshloop/customer-accounts'
import { derive, input } from '@meshloop/product'
import { orders } from '@meshloop/purchase-orders'
import { riskContext } from './context.ts'
import { fraud } from './contract.ts'
import { accountFields, orderFields } from './history.ts'

/**
 * 256 orders are four times the longest quiet walk-up that is known: the long run remembers what was before it. Each status
 * and each kind of event is counted by itself: whoever has taken an account over can order and cancel, or change the
 * address, as often as it takes to push the owner's orders and the signs of the takeover out of sight.
 */
export const derivation = derive({
  out: fraud,
  key: ['customer_id'],
  inputs: {
    orders: input(orders, { by: ['customer_id'], fields: orderFields, last: 256, each: 'status' }),
    accounts: input(accounts, { by: ['customer_id'], fields: accountFields, last: 64, each: 'event' }),
  },
  build: ({ customer_id }, rows) => riskContext(customer_id, rows.orders, rows.accounts),
})
