/** Whether the version of a contract says what changed. */
import type { Contract } from '../definition/contract.ts'
import { steps, type Finding, type Step } from './finding.ts'
import { nextVersion, stepBetween } from './versions.ts'

/** The step that a version takes, beside the one that the changes ask for. */
export interface VersionStep {
  readonly taken: Step | 'backwards'
  /** The smallest version that says what changed. */
  readonly needed: Contract['version']
  /** Findings that ask for more than the step that is taken. */
  readonly untold: readonly Finding[]
  readonly isEnough: boolean
}

/**
 * Holds the step from one version to another against what changed between them. A breaking change that is excused, by
 * default none, takes a minor step.
 *
 * @throws {ContractError} `contract_invalid` for what is no version.
 */
export function judgeVersion(
  before: Pick<Contract, 'version'>,
  after: Pick<Contract, 'version'>,
  findings: readonly Finding[],
  isExcused: (finding: Finding) => boolean = () => false,
): VersionStep {
  const taken = stepBetween(before.version, after.version)
  const told = taken === 'backwards' ? 0 : steps.indexOf(taken)
  const asked = findings.map((finding) => {
    const step: Step = finding.step === 'major' && isExcused(finding) ? 'minor' : finding.step
    return { finding, rank: steps.indexOf(step) }
  })
  const most = asked.reduce((greatest, { rank }) => Math.max(greatest, rank), 0)
  return {
    taken,
    needed: nextVersion(before.version, steps[most] ?? 'none'),
    untold: asked.filter(({ rank }) => rank > told).map(({ finding }) => finding),
    isEnough: taken !== 'backwards' && most <= told,
  }
}
