/** What the compiler cannot see about a contract: checked when it is defined and again when one arrives over the network. */
import type { Contract } from '../definition/contract.ts'
import type { ContractProblem } from '../definition/contract-error.ts'
import { checkAccess } from './access.ts'
import { checkExports } from './exports.ts'
import { checkFields } from './fields.ts'
import { checkInputsAndFlags } from './flags.ts'
import { checkIndexes, checkScan } from './indexes.ts'
import { checkMeasures } from './measures.ts'
import { checkPromises } from './promises.ts'
import { checkQuality } from './quality.ts'
import { checkReferences } from './references.ts'

/** Every problem of a contract; none for a good one. Its fields' shapes come first: the rest relies on them. */
export function findProblems(contract: Contract): ContractProblem[] {
  return [
    checkPromises,
    checkExports,
    checkFields,
    checkReferences,
    checkIndexes,
    checkScan,
    checkMeasures,
    checkQuality,
    checkInputsAndFlags,
    checkAccess,
  ].flatMap((check) => [...check(contract)])
}
