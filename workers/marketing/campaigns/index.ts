/** The Worker of marketing.campaigns. */
import { serve } from '@meshloop/product'
import { derivation } from './derive.ts'

export default serve({ derivation })
