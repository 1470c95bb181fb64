/** Where a product answers. */
import { majorOf, type Contract } from '@meshloop/contract'

/** Path under which a product answers: `/<domain>/<product>/v<major>`. */
export const basePath = (contract: Contract): string =>
  `/${contract.id.replace('.', '/')}/v${majorOf(contract)}`
