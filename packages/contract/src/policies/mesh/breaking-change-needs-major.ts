/** Within a major nothing breaks. */
import type { Finding } from '../../compare/finding.ts'
import type { Policy, PolicyFinding } from '../policy.ts'

const id = 'breaking-change-needs-major'

/** Judges what is different from the registered contract of the same major, each change at its own path. */
export const breakingChangeNeedsMajor: Policy = {
  id,
  severity: 'error',
  reason: 'Readers and sources of a major rely on it: a change that breaks them would break what they built.',
  remedy: 'Make it a new major, and serve the older one beside it until its end of life.',
  *check(_contract, { previous }) {
    for (const { step, path, what } of previous?.comparison.findings ?? [])
      if (step === 'major')
        yield { path, problem: `breaks what relies on ${previous?.contract.version}: ${what}` }
  },
}

/** Whether an exception lets this change come within the major; as any other change it then takes a minor step. */
export const isExcusedBreak =
  (policies: readonly PolicyFinding[]) =>
  ({ path }: Pick<Finding, 'path'>): boolean =>
    policies.some((finding) => finding.policy === id && finding.path === path && finding.excused !== null)
