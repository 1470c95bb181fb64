/** How a contract differs from what is registered, and whether its version says so. */
import { majorOf, type Contract } from '@meshloop/contract'
import {
  compareContracts,
  judgeVersion,
  nextVersion,
  stepBetween,
  steps,
  type Comparison,
  type Finding,
} from '@meshloop/contract/compare'
import { isExcusedBreak, type PolicyFinding } from '@meshloop/contract/policies'
import { CatalogError, type ProblemDetail } from '../problems.ts'
import { affectedWords, type Affected } from './affected.ts'
import type { Product } from './product.ts'

/** A contract beside the registered one that it follows. */
export interface Change {
  /** What is registered of this major, or else the newest older major; undefined for a product's first. */
  readonly from: Product | undefined
  /** Whether `from` is of the same major: it is replaced. */
  readonly replaces: boolean
  readonly comparison: Comparison
}

/** The comparison of a contract with itself. */
export const unchanged: Comparison = {
  findings: [],
  step: 'none',
  readers: 'compatible',
  sources: 'compatible',
}

/**
 * Compares a contract with the registered `majors` of its product, newest first. Throws CatalogError `version_backwards` if its
 * version does not come after the registered one of its major.
 */
export function changeOf(contract: Contract, majors: readonly Product[]): Change {
  const major = majorOf(contract)
  const same = majors.find((product) => product.major === major)
  const from = same ?? majors.find((product) => product.major < major)
  const comparison = from ? sorted(compareContracts(from.contract, contract)) : unchanged
  if (same) checkOrder(contract, same.contract, comparison)
  return { from, replaces: same !== undefined, comparison }
}

/**
 * Throws CatalogError `step_too_small` if more has changed than the version says. Between majors anything may change, and
 * within one what an exception excuses.
 */
export function checkStep(
  contract: Contract,
  { from, replaces, comparison }: Change,
  { affected, policies }: { affected: readonly Affected[]; policies: readonly PolicyFinding[] },
): void {
  if (!from || !replaces) return
  const { isEnough, needed, untold } = judgeVersion(
    from.contract,
    contract,
    comparison.findings,
    isExcusedBreak(policies),
  )
  if (isEnough) return
  const breaks = untold.some(({ step }) => step === 'major')
  const who = breaks ? ` Would break: ${affectedWords(affected)}.` : ''
  throw new CatalogError(
    'step_too_small',
    `${contract.id} ${contract.version} changes more than its version says: after ${from.contract.version} it has to be ${needed}.${who}`,
    { errors: untold.slice(0, 100).map((finding) => errorOf(finding, needed)) },
  )
}

function errorOf(finding: Finding, needed: string): ProblemDetail {
  const { path, what, code, remedy = `Give the contract the version ${needed}.` } = finding
  return {
    pointer: `/contract/${path.replaceAll('.', '/')}`,
    detail: `${what}. ${remedy}`,
    path,
    problem: what,
    reason: `${code}: ${sidesOf(finding)}`,
    remedy,
  }
}

function checkOrder(contract: Contract, registered: Contract, comparison: Comparison): void {
  const step = stepBetween(registered.version, contract.version)
  if (step !== 'backwards' && step !== 'none') return
  // Content that is told by no finding differs too, and takes a version.
  const needed = nextVersion(registered.version, comparison.step === 'none' ? 'patch' : comparison.step)
  throw new CatalogError(
    'version_backwards',
    step === 'none'
      ? `${contract.id} ${contract.version} is registered with another content: what changed takes ${needed}.`
      : `${contract.id} ${registered.version} is registered; ${contract.version} is older, and takes ${needed} to come after it.`,
  )
}

/** What weighs most comes first: lists of it are cut at their end. */
const sorted = (comparison: Comparison): Comparison => ({
  ...comparison,
  findings: comparison.findings.toSorted((a, b) => steps.indexOf(b.step) - steps.indexOf(a.step)),
})

function sidesOf({ readers, sources, step }: Finding): string {
  const broken = [readers === 'breaks' && 'those who read', sources === 'breaks' && 'those who send'].filter(
    (side) => side !== false,
  )
  return broken.length > 0 ? `breaks ${broken.join(' and ')}` : `is a ${step} change`
}
