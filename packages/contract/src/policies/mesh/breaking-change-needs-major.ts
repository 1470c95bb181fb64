/** Within a major nothing breaks. */
import type { Policy } from '../policy.ts'

const SHOWN = 5

/** Judges what is different from the registered contract of the same major. */
export const breakingChangeNeedsMajor: Policy = {
  id: 'breaking-change-needs-major',
  severity: 'error',
  reason: 'Readers and sources of a major rely on it: a change that breaks them would break what they built.',
  remedy: 'Make it a new major, and serve the older one beside it until its end of life.',
  *check(_contract, { previous }) {
    if (previous?.comparison.step !== 'major') return
    const paths = previous.comparison.findings.flatMap(({ step, path }) => (step === 'major' ? [path] : []))
    const more = paths.length > SHOWN ? ` and ${paths.length - SHOWN} more` : ''
    yield {
      path: 'version',
      problem: `breaks what relies on ${previous.contract.version}: ${paths.slice(0, SHOWN).join(', ')}${more}`,
    }
  },
}
