/** The way in for contracts that are written here, in TypeScript. */
import { ContractError } from '../definition/contract-error.ts'
import { findProblems } from './find-problems.ts'
import type { ContractOf, Fields } from '../definition/contract.ts'

/**
 * Defines a product. Wrong names fail to compile; what the compiler cannot see is checked here.
 *
 * @throws {ContractError} `contract_invalid`, with every problem and its fix.
 */
export function defineProduct<F extends Fields>(
  contract: { fields: F } & ContractOf<NoInfer<F>>,
): ContractOf<F> {
  const problems = findProblems(contract)
  if (problems.length > 0) throw new ContractError(contract.id, problems)
  return contract
}
