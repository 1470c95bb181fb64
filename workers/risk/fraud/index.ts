/** The Worker of risk.fraud. */
import { serve } from '@meshloop/product'
import { derivation } from './derive.ts'
import { entry } from './flag-entry.ts'

export default serve({ derivation, flags: { entry } })
