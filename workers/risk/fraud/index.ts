/** The Worker of risk.fraud. */
import { serve } from '@meshloop/product'
import { derivation } from './derive.ts'

export default serve({ derivation })
