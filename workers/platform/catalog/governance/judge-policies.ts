/** Whether a contract keeps the policies of the mesh and of its domain. */
import { majorOf, type Contract, type Day } from '@meshloop/contract'
import type { Comparison } from '@meshloop/contract/compare'
import {
  judge,
  stops,
  type DomainRules,
  type Exception,
  type PolicyFinding,
} from '@meshloop/contract/policies'
import { CatalogError } from '../problems.ts'
import type { Product } from '../products/product.ts'

/** What a contract is judged by. */
export interface Governance {
  /** All that is registered. */
  readonly all: readonly Product[]
  readonly domain: DomainRules | undefined
  readonly exceptions: readonly Exception[]
  readonly today: Day
}

/** What it replaces. */
export interface Replaced {
  readonly contract: Contract
  readonly comparison: Comparison
}

/** What the policies find, errors first. The contract stands among the others in the place of what it replaces. */
export function policyFindings(
  contract: Contract,
  previous: Replaced | undefined,
  { all, domain, exceptions, today }: Governance,
): readonly PolicyFinding[] {
  const others = all.filter(({ id, major }) => id !== contract.id || major !== majorOf(contract))
  const products = [...others.map((product) => product.contract), contract]
  return judge(contract, { products, previous, domain, today }, exceptions)
    .toSorted((a, b) => Number(stops(b)) - Number(stops(a)))
    .slice(0, maxFindings)
    .map((finding) => ({ ...finding, problem: clipped(finding.problem) }))
}

/** A finding quotes the contracts that it compares: one product's endless texts shall not fill the pages of another. */
const maxFindings = 200
const maxProblemChars = 400

const clipped = (problem: string): string =>
  problem.length <= maxProblemChars ? problem : `${problem.slice(0, maxProblemChars).toWellFormed()}…`

/** Throws CatalogError `policy_breach` if an error is found that no exception covers. */
export function checkPolicies(contract: Contract, findings: readonly PolicyFinding[]): void {
  const open = findings.filter(stops)
  if (open.length === 0) return
  const named = [...new Set(open.map(({ policy }) => policy))].join(', ')
  throw new CatalogError(
    'policy_breach',
    `${contract.id} ${contract.version} breaks ${named}. Mend the contract, or have the operator record an exception.`,
    {
      errors: open.slice(0, 100).map(({ policy, path, problem, reason, remedy }) => ({
        pointer: `/contract/${path.replaceAll('.', '/')}`,
        detail: `${problem} ${remedy}`,
        policy,
        path,
        problem,
        reason,
        remedy,
      })),
    },
  )
}
