/** Totals over personal data say how small a group they tell of. */
import { ports as allPorts } from '../../definition/contract.ts'
import { holdsPersonalData } from '../field-at.ts'
import type { Policy } from '../policy.ts'

/** Judges products that count or sum over persons. */
export const totalsProtectPersons: Policy = {
  id: 'totals-protect-persons',
  severity: 'warning',
  reason: 'A total of a group of one tells about that person, to readers who were meant to see totals alone.',
  remedy:
    'Set access.groups: the least number of persons in a group, the field that tells them apart, and by what groups are cut.',
  *check(contract) {
    const offered = (contract.ports ?? allPorts).includes('aggregate')
    const hasMeasures = Object.keys(contract.measures ?? {}).length > 0
    if (offered && hasMeasures && !contract.access?.groups && holdsPersonalData(contract))
      yield {
        path: 'access.groups',
        problem: 'has measures over personal data, and tells of groups of any size',
      }
  },
}
