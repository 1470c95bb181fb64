/** The Worker of the bench's product. */
import { serve } from '@meshloop/product'
import { orders } from './orders.ts'

export default serve({ contract: orders })
