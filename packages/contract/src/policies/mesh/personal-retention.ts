/** Personal data are not promised for longer than they may be kept. */
import { durationMs } from '../../definition/duration.ts'
import { holdsPersonalData } from '../field-at.ts'
import type { Policy } from '../policy.ts'

/** Judges products with personal data against the limit of their domain. */
export const personalRetention: Policy = {
  id: 'personal-retention',
  severity: 'error',
  reason:
    'Personal data are kept no longer than they are needed (GDPR, article 5): how long that is, the domain has decided.',
  remedy: 'Set the contract’s retention to at most the domain’s limits.personalRetention.',
  *check(contract, { domain }) {
    const limit = domain?.limits?.personalRetention
    if (limit === undefined || !holdsPersonalData(contract)) return
    const { retention } = contract
    if (retention === undefined)
      yield {
        path: 'retention',
        problem: `does not say how long it keeps personal data; ${domain?.domain} allows ${limit}`,
      }
    else if ((durationMs(retention) ?? Infinity) > (durationMs(limit) ?? 0))
      yield {
        path: 'retention',
        problem: `promises personal data for ${retention}; ${domain?.domain} allows ${limit}`,
      }
  },
}

/** A domain with personal data says how long it keeps them. */
export const personalRetentionLimited: Policy = {
  id: 'personal-retention-limited',
  severity: 'warning',
  reason:
    'How long personal data are needed is the domain’s decision; without it nobody can tell whether they are kept too long.',
  remedy: 'State limits.personalRetention in the domain’s domain.ts.',
  *check(contract, { domain }) {
    if (domain?.limits?.personalRetention === undefined && holdsPersonalData(contract))
      yield { path: 'retention', problem: 'holds personal data, and its domain states no limit for them' }
  },
}
