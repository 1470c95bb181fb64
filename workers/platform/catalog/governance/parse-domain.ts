/** What a publisher says of its domain. */
import { readDomain, type DomainRules } from '@meshloop/contract/policies'
import type { Client } from '../clients/client-store.ts'
import { CatalogError } from '../problems.ts'

/** The rules in this JSON value. Throws CatalogError `domain_invalid`, or `foreign_domain` if they are about another domain. */
export function parseDomain(json: unknown, publisher: Pick<Client, 'id' | 'domain'>): DomainRules {
  const rules = read(json)
  if (rules.domain === publisher.domain) return rules
  throw new CatalogError(
    'foreign_domain',
    `${publisher.id} speaks for the domain ${publisher.domain}, not for ${rules.domain}.`,
  )
}

function read(json: unknown): DomainRules {
  try {
    return readDomain(json)
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'domain_invalid')) throw cause
    throw new CatalogError('domain_invalid', cause.message, { cause })
  }
}
