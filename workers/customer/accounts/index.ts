/** The Worker of customer.accounts. */
import { serve } from '@meshloop/product'
import { accounts } from './contract.ts'

export default serve({ contract: accounts })
