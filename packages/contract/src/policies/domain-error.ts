/** What is wrong with what a domain says of itself. */
import type { ContractProblem } from '../definition/contract-error.ts'

/** Rules of a domain that cannot be used. `code` is always `domain_invalid`. */
export class DomainError extends Error {
  readonly code = 'domain_invalid'
  readonly problems: readonly ContractProblem[]

  constructor(problems: readonly ContractProblem[]) {
    super(
      `What the domain says of itself is not valid:\n${problems.map((p) => `- ${p.path}: ${p.problem}`).join('\n')}`,
    )
    this.problems = problems
  }
}
