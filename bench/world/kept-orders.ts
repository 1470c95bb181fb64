/** The orders of the benches, with totals that are kept by day, and one measure that no rollup keeps. */
import { defineProduct } from '@meshloop/contract'
import { orders } from './orders.ts'

/** The contract. */
export const keptOrders = defineProduct({
  ...orders,
  measures: { ...orders.measures, first: { means: 'The first', min: 'placed_at' } },
  rollups: [{ by: ['status', 'currency', 'placed_at.day'], measures: ['orders', 'turnover'] }],
})
