/** Going beyond analytics is decided by somebody, and looked at again. */
import type { Policy } from '../policy.ts'

/** Judges products with a flags port. */
export const flagsDecided: Policy = {
  id: 'flags-decided',
  severity: 'error',
  reason:
    'Flags steer what happens to people in the shop: that is decided case by case, and the decision is reviewed.',
  remedy:
    'Review the decision with those who made it, and record it in reintegration with the next review_by.',
  *check({ flags, reintegration }, { today }) {
    if (!flags) return
    if (!reintegration)
      yield { path: 'reintegration', problem: 'nobody decided that this product publishes flags' }
    else if (reintegration.review_by < today)
      yield { path: 'reintegration.review_by', problem: `was ${reintegration.review_by}` }
  },
}
