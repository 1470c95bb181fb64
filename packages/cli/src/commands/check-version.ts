/** Whether a version says what changed since the registered one: what the catalog asks of a registration. */
import type { Contract } from '@meshloop/contract'
import { judgeVersion, nextVersion, type Comparison } from '@meshloop/contract/compare'
import { isExcusedBreak, type PolicyFinding } from '@meshloop/contract/policies'

const frame = {
  policy: 'version-says-what-changed',
  severity: 'error',
  path: 'version',
  reason:
    'Readers and sources tell from the version whether they have to look; the catalog refuses a smaller step.',
  excused: null,
} as const

/** What is wrong with the version of a contract that replaces a registered one. `policies`: what they found. */
export function* findingsOfVersion(
  contract: Contract,
  registered: Contract,
  { findings }: Comparison,
  policies: readonly PolicyFinding[],
): Generator<PolicyFinding> {
  const { version } = registered
  if (findings.length === 0 && contract.version === version) return
  const { taken, needed, untold } = judgeVersion(registered, contract, findings, isExcusedBreak(policies))
  // Another version is another contract, also where nothing else changed.
  const remedy = `Make it ${needed === version ? nextVersion(version, 'patch') : needed}.`
  if (taken === 'backwards') yield { ...frame, problem: `${version} is registered, which is newer`, remedy }
  else if (taken === 'none')
    yield { ...frame, problem: `${version} is registered with other content`, remedy }
  else if (untold.length > 0)
    yield {
      ...frame,
      problem: `${version} to ${contract.version} is a ${taken} step, but it takes more: ${untold.map(({ what }) => what).join('; ')}`,
      remedy,
    }
}
