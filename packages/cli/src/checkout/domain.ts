/** What the domains of a checkout say of themselves. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DomainError, readDomain, type DomainRules } from '@meshloop/contract/policies'
import { MeshError } from '../mesh-error.ts'
import { importFresh } from './import-fresh.ts'

/**
 * The export `domain` of `workers/<domain>/domain.ts`; undefined without that file.
 *
 * @throws {MeshError} `domain_invalid` with what is wrong.
 */
export async function domainRulesOf(root: string, domain: string): Promise<DomainRules | undefined> {
  const path = join(root, 'workers', domain, 'domain.ts')
  if (!existsSync(path)) return undefined
  try {
    const rules = readDomain((await importFresh(path))['domain'])
    if (rules.domain === domain) return rules
    throw new DomainError([{ path: 'domain', problem: `is ${rules.domain}, but its folder says ${domain}` }])
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    throw new MeshError(
      'domain_invalid',
      `${path}: ${error.message}`,
      'It exports domain, made by defineDomain of @meshloop/contract/policies.',
      { cause: error },
    )
  }
}
