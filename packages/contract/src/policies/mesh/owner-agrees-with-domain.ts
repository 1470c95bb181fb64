/** A product's owner is the team of its domain. */
import type { Policy } from '../policy.ts'

/** Compares owner and domain, where the domain has said who it is. */
export const ownerAgreesWithDomain: Policy = {
  id: 'owner-agrees-with-domain',
  severity: 'warning',
  reason:
    'A product belongs to the team of its domain: two answers to the question who answers for it are none.',
  remedy: 'Say the same in the contract’s owner and in the domain’s domain.ts.',
  *check({ owner }, { domain }) {
    if (!domain) return
    if (owner.team !== domain.team)
      yield {
        path: 'owner.team',
        problem: `is ${owner.team}, but the team of ${domain.domain} is ${domain.team}`,
      }
    if (owner.support !== domain.support)
      yield {
        path: 'owner.support',
        problem: `is ${owner.support}, but ${domain.domain} is reached at ${domain.support}`,
      }
  },
}
