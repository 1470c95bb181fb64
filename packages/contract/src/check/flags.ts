/** Where a product's data comes from, and its way back into apps. */
import type { Contract } from '../definition/contract.ts'
import type { ContractProblem } from '../definition/contract-error.ts'
import { ID } from './names.ts'
import { own } from './own.ts'

/** Problems of inputs and flags. */
export function* checkInputsAndFlags({
  id,
  fields,
  inputs = [],
  flags,
  reintegration,
}: Contract): Generator<ContractProblem> {
  for (const [index, input] of inputs.entries()) {
    const path = `inputs.${index}`
    if (!ID.test(input.product)) yield { path, problem: 'product is <domain>.<product>' }
    if (input.product === id) yield { path, problem: 'a product cannot be built from itself' }
  }
  if (!flags) return
  const subject = own(fields, flags.subject)
  // Texts and numbers may be what flags cannot be addressed by; one such record would stop the flags of all.
  if (subject?.kind !== 'id' || subject.nullable)
    yield { path: 'flags.subject', problem: 'is an id field that always has a value' }
  if (!reintegration)
    yield {
      path: 'reintegration',
      problem: 'a flags port needs the recorded decision {decided_by, why, risk, review_by}',
    }
}
