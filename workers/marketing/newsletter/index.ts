/** The Worker of marketing.newsletter. */
import { serve } from '@meshloop/product'
import { newsletter } from './contract.ts'

export default serve({ contract: newsletter })
