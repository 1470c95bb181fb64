/** How a contract differs from what is registered, and whether its version says so. */
import { majorOf, type Contract } from '@meshloop/contract'
import {
  compareContracts,
  nextVersion,
  stepBetween,
  steps,
  type Comparison,
  type Finding,
  type Step,
} from '@meshloop/contract/compare'
import { CatalogError } from '../problems.ts'
import { affectedWords, type Affected } from './affected.ts'
import type { Product } from './product-store.ts'

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
  if (same) checkOrder(contract, same.contract)
  return {
    from,
    replaces: same !== undefined,
    comparison: from ? sorted(compareContracts(from.contract, contract)) : unchanged,
  }
}

/** Throws CatalogError `step_too_small` if more has changed than the version says. Between majors anything may change. */
export function checkStep(
  contract: Contract,
  { from, replaces, comparison }: Change,
  affected: readonly Affected[],
): void {
  if (!from || !replaces) return
  const declared = stepBetween(from.contract.version, contract.version)
  const allowed = rank(declared === 'backwards' ? 'none' : declared)
  if (rank(comparison.step) <= allowed) return
  const enough = nextVersion(from.contract.version, comparison.step)
  const who = comparison.step === 'major' ? ` Would break: ${affectedWords(affected)}.` : ''
  throw new CatalogError(
    'step_too_small',
    `${contract.id} ${contract.version} changes more than its version says: after ${from.contract.version} it has to be ${enough}.${who}`,
    {
      errors: comparison.findings
        .filter((finding) => rank(finding.step) > allowed)
        .slice(0, 100)
        .map((finding) => {
          const { path, what, code, remedy = `Give the contract the version ${enough}.` } = finding
          return {
            pointer: `/contract/${path.replaceAll('.', '/')}`,
            detail: `${what}. ${remedy}`,
            path,
            problem: what,
            reason: `${code}: ${sidesOf(finding)}`,
            remedy,
          }
        }),
    },
  )
}

function checkOrder(contract: Contract, registered: Contract): void {
  const step = stepBetween(registered.version, contract.version)
  if (step !== 'backwards' && step !== 'none') return
  const after = nextVersion(registered.version, 'patch')
  throw new CatalogError(
    'version_backwards',
    step === 'none'
      ? `${contract.id} ${contract.version} is registered with another content; a change needs a version of its own: ${after} or more.`
      : `${contract.id} ${registered.version} is registered; ${contract.version} is older. Register ${after} or more.`,
  )
}

const rank = (step: Step): number => steps.indexOf(step)

/** What weighs most comes first: lists of it are cut at their end. */
const sorted = (comparison: Comparison): Comparison => ({
  ...comparison,
  findings: comparison.findings.toSorted((a, b) => rank(b.step) - rank(a.step)),
})

function sidesOf({ readers, sources, step }: Finding): string {
  const broken = [readers === 'breaks' && 'those who read', sources === 'breaks' && 'those who send'].filter(
    (side) => side !== false,
  )
  return broken.length > 0 ? `breaks ${broken.join(' and ')}` : `is a ${step} change`
}
