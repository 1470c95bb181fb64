/** Going beyond analytics is decided by somebody, and looked at again. */
import type { Policy } from '../policy.ts'

/** Judges products with a flags port. */
export const flagsDecided: Policy = {
  id: 'flags-decided',
  severity: 'error',
  reason:
    'Flags steer what happens to people in the shop: that is decided case by case, and somebody answers for it.',
  remedy: 'Decide with those whom it concerns, and record it in reintegration with the next review_by.',
  *check({ flags, reintegration }) {
    if (flags && !reintegration)
      yield { path: 'reintegration', problem: 'nobody decided that this product publishes flags' }
  },
}

/** Judges the age of the decision. Time alone stops nobody's registration: what is overdue is shown. */
export const flagsReviewed: Policy = {
  id: 'flags-reviewed',
  severity: 'warning',
  reason: 'What was right when it was decided may not be so any more.',
  remedy:
    'Review the decision with those who made it, and record it in reintegration with the next review_by.',
  *check({ flags, reintegration }, { today }) {
    if (flags && reintegration && reintegration.review_by < today)
      yield { path: 'reintegration.review_by', problem: `was ${reintegration.review_by}` }
  },
}
