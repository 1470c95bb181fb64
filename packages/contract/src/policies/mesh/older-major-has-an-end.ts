/** Who publishes a new major says when the older one ends. */
import { majorOf, type Contract } from '../../definition/contract.ts'
import { daysBetween } from '../day.ts'
import type { Policy } from '../policy.ts'
import { NOTICE_DAYS } from './notice-days.ts'

/** Judges a contract beside the other majors that are registered, in whatever order they come. */
export const olderMajorHasAnEnd: Policy = {
  id: 'older-major-has-an-end',
  severity: 'error',
  reason: `A breaking change needs ${NOTICE_DAYS} days' notice: readers of the older major must know from when it is deprecated and until when it answers.`,
  remedy: `First register the older major with lifecycle.deprecated, and lifecycle.endOfLife at least ${NOTICE_DAYS} days later.`,
  *check(contract, { products }) {
    const majors = products.filter(({ id }) => id === contract.id)
    for (const older of majors) {
      const problem = majorOf(older) < majorOf(contract) ? problemOf(older) : undefined
      if (problem !== undefined) yield { path: 'version', problem: `${older.version} ${problem}` }
    }
    // Otherwise the older one could come, or lose its end, after the newer one.
    const isOlder = majors.some((newer) => majorOf(newer) > majorOf(contract))
    const problem = isOlder ? problemOf(contract) : undefined
    if (problem !== undefined)
      yield { path: 'lifecycle', problem: `a newer major is registered, and this one ${problem}` }
  },
}

function problemOf({ lifecycle = {} }: Contract): string | undefined {
  const { deprecated, endOfLife } = lifecycle
  if (deprecated === undefined || endOfLife === undefined) return 'does not say when it ends'
  const days = daysBetween(deprecated, endOfLife)
  return days < NOTICE_DAYS ? `ends ${days} days after its deprecation` : undefined
}
