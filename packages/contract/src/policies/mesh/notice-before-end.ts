/** An end is announced in time. */
import { daysBetween } from '../day.ts'
import type { Policy } from '../policy.ts'
import { NOTICE_DAYS } from './notice-days.ts'

/** Judges an end of life, and its news when it is announced to readers there are already. */
export const noticeBeforeEnd: Policy = {
  id: 'notice-before-end',
  severity: 'error',
  reason: `Readers need time to move: ${NOTICE_DAYS} days between being told and the end.`,
  remedy: `Set lifecycle.deprecated, and lifecycle.endOfLife at least ${NOTICE_DAYS} days after it and after today; a later end may be announced at any time.`,
  *check({ lifecycle = {} }, { previous, today }) {
    const { deprecated, endOfLife } = lifecycle
    const path = 'lifecycle.endOfLife'
    if (endOfLife === undefined) return
    if (deprecated === undefined) yield { path, problem: 'ends what was never deprecated' }
    else if (daysBetween(deprecated, endOfLife) < NOTICE_DAYS)
      yield { path, problem: `is ${daysBetween(deprecated, endOfLife)} days after its deprecation` }
    const before = previous?.contract.lifecycle?.endOfLife
    const isNews = previous !== undefined && (before === undefined || endOfLife < before)
    if (isNews && daysBetween(today, endOfLife) < NOTICE_DAYS)
      yield { path, problem: `is announced ${daysBetween(today, endOfLife)} days ahead` }
  },
}
