/** What is asked of every product, of the products of each domain, and who is excepted, as data: `/policies.json`. */
import type { Day } from '@meshloop/contract'
import {
  meshPolicies,
  problemOfException,
  type DomainRules,
  type Exception,
  type Policy,
} from '@meshloop/contract/policies'
import { listDomains } from './domain-store.ts'
import { listExceptions } from './exceptions.ts'

/** An exception, and whether it excuses anything today. */
export interface RecordedException extends Exception {
  readonly in_force: boolean
}

/** The document. */
export interface PoliciesDocument {
  readonly policies: readonly Pick<Policy, 'id' | 'severity' | 'reason' | 'remedy'>[]
  readonly domains: readonly DomainRules[]
  readonly exceptions: readonly RecordedException[]
}

/** Reads it. */
export async function readPolicies(db: D1Database, today: Day): Promise<PoliciesDocument> {
  const [domains, exceptions] = await Promise.all([listDomains(db), listExceptions(db)])
  return {
    policies: meshPolicies.map(({ id, severity, reason, remedy }) => ({ id, severity, reason, remedy })),
    domains,
    exceptions: exceptions.map((exception) => ({
      ...exception,
      in_force: problemOfException(exception, today) === undefined,
    })),
  }
}
