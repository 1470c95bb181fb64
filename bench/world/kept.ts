/** The Worker of the bench's product that keeps totals. */
import { serve } from '@meshloop/product'
import { keptOrders } from './kept-orders.ts'

export default serve({ contract: keptOrders })
