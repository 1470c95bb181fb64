/** The Worker of purchase.orders. */
import { serve } from '@meshloop/product'
import { orders } from './contract.ts'

export default serve({ contract: orders })
