/** The name of a contract's exact content: what is served can be compared with what was registered. */
import { canonicalJson, sha256 } from './canonical.ts'
import type { Contract } from '../definition/contract.ts'

/** SHA-256 of the canonical definition, 43 characters of base64url. */
export const contractHash = (contract: Contract): Promise<string> => sha256(canonicalJson(contract))
