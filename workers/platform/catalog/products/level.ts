/** Where a domain stands on the data-mesh journey, 0 to 5, from what the catalog can see. Stages cannot be skipped. */
import type { Grant } from '../grants/grant.ts'
import { domainOf, type Product } from './product.ts'

/** A level with the evidence for it and the step to the next. */
export interface Level {
  readonly level: number
  readonly evidence: string
  /** Null at the end of the journey. */
  readonly next: string | null
}

/** Level of one domain, from the grants that hold. */
export function levelOf(
  domain: string,
  products: readonly Product[],
  grants: readonly Pick<Grant, 'consumer' | 'product'>[],
): Level {
  const own = products.filter((product) => product.domain === domain)
  const combines = own.find(({ contract }) =>
    contract.inputs?.some((input) => domainOf(input.product) !== domain),
  )
  const used = grants.find(
    (grant) => domainOf(grant.product) === domain && isTeam(domainOf(grant.consumer), domain),
  )
  const looped = own.find(({ contract }) => contract.flags && contract.reintegration)
  const stages = [
    {
      evidence: own[0] && `analyses its own data in ${own[0].id}`,
      next: 'Publish a first product of your own data.',
    },
    {
      evidence: combines && `combines other domains’ products in ${combines.id}`,
      next: 'Combine a product of another domain with yours.',
    },
    {
      evidence: used && `${used.consumer} reads ${used.product}`,
      next: 'Grant another domain access to a product.',
    },
    {
      evidence: looped && `publishes flags for apps from ${looped.id}`,
      next: 'Decide on a way back into an app, and publish flags.',
    },
  ]
  const missing = stages.findIndex(({ evidence }) => evidence === undefined)
  const reached = missing === -1 ? stages.length : missing
  return {
    // A registered product is a product of the domain's own data: the second stage.
    level: reached === 0 ? 0 : reached + 1,
    evidence: stages[reached - 1]?.evidence ?? 'no product yet',
    next: stages[reached]?.next ?? null,
  }
}

/** A developer's command line (`local.commands`) is nobody's use of a product. */
const isTeam = (consumer: string, owner: string): boolean => consumer !== owner && consumer !== 'local'
