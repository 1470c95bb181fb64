/** What is wrong with a contract, said so that it can be mended. */

/** One thing that is wrong: where, what, and how to mend it. */
export interface ContractProblem {
  readonly path: string
  readonly problem: string
}

/** A contract that contradicts itself. `code` is always `contract_invalid`. */
export class ContractError extends Error {
  readonly code = 'contract_invalid'
  readonly problems: readonly ContractProblem[]

  constructor(id: string, problems: readonly ContractProblem[]) {
    super(
      `The contract of ${id} is not valid:\n${problems.map((p) => `- ${p.path}: ${p.problem}`).join('\n')}`,
    )
    this.problems = problems
  }
}
