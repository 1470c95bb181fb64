/** Somebody answers for a product, and can be asked. */
import type { Policy } from '../policy.ts'
import { isSupport, isTeam } from '../reachable.ts'

/** For products that others may read. */
export const ownerAndSupport: Policy = {
  id: 'owner-and-support',
  severity: 'error',
  reason: 'Who builds on a product must know who answers for it, and where to ask when it breaks.',
  remedy:
    'Name the team in owner.team, and a mail address or an https URL in owner.support; or keep the product in its domain with visibility internal.',
  *check({ owner, visibility }) {
    if (visibility === 'internal') return
    if (!isTeam(owner.team)) yield { path: 'owner.team', problem: `"${owner.team}" names no team` }
    if (!isSupport(owner.support))
      yield {
        path: 'owner.support',
        problem: `"${owner.support}" is neither a mail address nor an https URL`,
      }
  },
}
