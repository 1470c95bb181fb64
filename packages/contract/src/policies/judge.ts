/** Judges a contract by the policies of the mesh and of its domain. */
import type { Contract } from '../definition/contract.ts'
import { domainPolicies } from './domain-policies.ts'
import { covering, findingsOfExceptions, problemOfException } from './exceptions.ts'
import { meshPolicies } from './mesh-policies.ts'
import type { Breach, Exception, MeshView, Policy, PolicyFinding } from './policy.ts'

/** Of one policy so many breaches are told, and as many that are excused: a megabyte of fields can have a million. */
const MOST_FINDINGS = 200

/**
 * Everything that policies find wrong with a contract, the mesh's first. What an exception covers is found too, and says so.
 * A policy that fails is a finding of its own: a rule that is silently skipped is worse than none.
 */
export function judge(
  contract: Contract,
  mesh: MeshView,
  exceptions: readonly Exception[],
): readonly PolicyFinding[] {
  const policies = [...meshPolicies, ...(mesh.domain ? domainPolicies(mesh.domain) : [])]
  return judgeBy(policies, contract, mesh, exceptions)
}

/** Whether a finding stops a registration. */
export const stops = ({ severity, excused }: PolicyFinding): boolean =>
  severity === 'error' && excused === null

/** As `judge`, by these policies alone. */
export function judgeBy(
  policies: readonly Policy[],
  contract: Contract,
  mesh: MeshView,
  exceptions: readonly Exception[],
): readonly PolicyFinding[] {
  const own = exceptions.filter(({ product }) => product === contract.id)
  const inForce = own.filter((exception) => problemOfException(exception, mesh.today) === undefined)
  const ids = new Set(policies.map(({ id }) => id))
  return [
    ...policies.flatMap((policy) => findingsOf(policy, contract, mesh, inForce)),
    ...findingsOfExceptions(own, ids, mesh.today),
  ]
}

function findingsOf(
  policy: Policy,
  contract: Contract,
  mesh: MeshView,
  exceptions: readonly Exception[],
): readonly PolicyFinding[] {
  const finding = (breach: Breach, excused: Exception | undefined): PolicyFinding => ({
    policy: policy.id,
    severity: policy.severity,
    path: breach.path,
    problem: breach.problem,
    reason: policy.reason,
    remedy: policy.remedy,
    excused: excused ?? null,
  })
  try {
    const found: PolicyFinding[] = []
    let [open, excused] = [0, 0]
    for (const breach of policy.check(contract, mesh)) {
      const exception = covering(policy.id, breach, exceptions)
      // What is excused takes no place from what is not.
      if ((exception ? ++excused : ++open) <= MOST_FINDINGS) found.push(finding(breach, exception))
      if (open === MOST_FINDINGS) break
    }
    return found
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const failed = finding({ path: '', problem: `could not be checked: ${why}` }, undefined)
    return [
      { ...failed, severity: 'error', remedy: 'Tell the platform team: this is a mistake in the policy.' },
    ]
  }
}
