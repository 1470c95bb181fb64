/** What the domains of a checkout say of themselves. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DomainError, readDomain, type DomainRules } from '@meshloop/contract/policies'
import type { WorkerConfig } from '../host/workers.ts'
import { MeshError } from '../mesh-error.ts'
import { importFresh } from './import-fresh.ts'

/**
 * What the domains of these Workers say of themselves, by name: the export `domain` of `workers/<domain>/domain.ts`.
 * A domain without that file says nothing.
 *
 * @throws {MeshError} `domain_invalid` with what is wrong.
 */
export async function domainRulesOf(
  workers: readonly Pick<WorkerConfig, 'domain' | 'folder'>[],
): Promise<ReadonlyMap<string, DomainRules>> {
  const paths = new Map(workers.map(({ domain, folder }) => [domain, join(dirname(folder), 'domain.ts')]))
  const rules = [...paths]
    .filter(([, path]) => existsSync(path))
    .map(([domain, path]) => readFrom(path, domain))
  return new Map((await Promise.all(rules)).map((one) => [one.domain, one]))
}

async function readFrom(path: string, domain: string): Promise<DomainRules> {
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
