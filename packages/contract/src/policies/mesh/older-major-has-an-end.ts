/** Who publishes a new major says when the older one ends. */
import { majorOf } from '../../definition/contract.ts'
import { daysBetween } from '../day.ts'
import type { Policy } from '../policy.ts'
import { NOTICE_DAYS } from './notice-days.ts'

/** Judges a contract beside the older majors that are registered. */
export const olderMajorHasAnEnd: Policy = {
  id: 'older-major-has-an-end',
  severity: 'error',
  reason: `A breaking change needs ${NOTICE_DAYS} days' notice: readers of the older major must know from when it is deprecated and until when it answers.`,
  remedy: `First register the older major with lifecycle.deprecated, and lifecycle.endOfLife at least ${NOTICE_DAYS} days later.`,
  *check(contract, { products }) {
    for (const older of products) {
      if (older.id !== contract.id || majorOf(older) >= majorOf(contract)) continue
      const { deprecated, endOfLife } = older.lifecycle ?? {}
      if (deprecated === undefined || endOfLife === undefined)
        yield { path: 'version', problem: `${older.version} is registered and does not say when it ends` }
      else if (daysBetween(deprecated, endOfLife) < NOTICE_DAYS)
        yield {
          path: 'version',
          problem: `${older.version} ends ${daysBetween(deprecated, endOfLife)} days after its deprecation`,
        }
    }
  },
}
