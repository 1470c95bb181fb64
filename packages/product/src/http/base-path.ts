/** Where a product answers. */
import { majorOf, type Contract } from '@meshloop/contract'

/** Path under which a product answers: `/<domain>/<product>/v<major>`. */
export const basePath = (contract: Contract): string =>
  `/${contract.id.replace('.', '/')}/v${majorOf(contract)}`

/** The base URL of an older major, whose Worker serves the newest at `newest`. */
export const olderBaseUrl = (older: Contract, newest: string): string =>
  newest.replace(/\/v\d+$/, `/v${majorOf(older)}`)
