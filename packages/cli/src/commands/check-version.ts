/** Whether a version says what changed since the registered one: what the catalog asks of a registration. */
import { canonicalJson, type Contract } from '@meshloop/contract'
import { nextVersion, stepBetween, steps, type Comparison } from '@meshloop/contract/compare'
import type { PolicyFinding } from '@meshloop/contract/policies'

const frame = {
  policy: 'version-says-what-changed',
  severity: 'error',
  path: 'version',
  reason:
    'Readers and sources tell from the version whether they have to look; the catalog refuses a smaller step.',
  excused: null,
} as const

/** What is wrong with the version of a contract that replaces a registered one. */
export function* findingsOfVersion(
  contract: Contract,
  registered: Contract,
  { step, findings }: Comparison,
): Generator<PolicyFinding> {
  if (canonicalJson(contract) === canonicalJson(registered)) return
  const made = stepBetween(registered.version, contract.version)
  // Without a finding something else changed, and that takes a version too.
  const needed = nextVersion(registered.version, step === 'none' ? 'patch' : step)
  const remedy = `Make it ${needed}.`
  if (made === 'backwards')
    yield { ...frame, problem: `${registered.version} is registered, which is newer`, remedy }
  else if (made === 'none')
    yield { ...frame, problem: `${registered.version} is registered with other content`, remedy }
  else if (steps.indexOf(made) < steps.indexOf(step)) {
    const changes = findings.filter((finding) => finding.step === step).map(({ what }) => what)
    yield {
      ...frame,
      problem: `${registered.version} to ${contract.version} is a ${made} step, but it takes a ${step}: ${changes.join('; ')}`,
      remedy,
    }
  }
}
