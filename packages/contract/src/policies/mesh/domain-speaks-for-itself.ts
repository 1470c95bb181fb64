/** Only a product's own domain sets its rules. */
import type { Policy } from '../policy.ts'
import { domainOf } from '../registered.ts'

/** A domain's rules count for its own products alone. */
export const domainSpeaksForItself: Policy = {
  id: 'domain-speaks-for-itself',
  severity: 'error',
  reason:
    'A domain answers for its own products; with the rules of another one, its limits would not be its own.',
  remedy: 'Register the product with what its own domain says of itself.',
  *check({ id }, { domain }) {
    if (domain && domain.domain !== domainOf(id))
      yield { path: 'id', problem: `${id} comes with the rules of ${domain.domain}` }
  },
}
