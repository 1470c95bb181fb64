/** The Worker of marketing.newsletter. */
import { serve } from '@meshloop/product'
import { newsletter, newsletterV1 } from './contract.ts'

export default serve({ contract: newsletter, older: [newsletterV1] })
