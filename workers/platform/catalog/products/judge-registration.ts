/** Judges a contract before it is registered: against its predecessor, its projections, and the policies. */
import { findProjectionProblems, majorOf, type Contract } from '@meshloop/contract'
import type { DomainRules } from '@meshloop/contract/policies'
import { listSources } from '../clients/client-store.ts'
import { listGrants } from '../grants/grant-store.ts'
import { dayOf, type CatalogEnv } from '../env.ts'
import { findDomain } from '../governance/domain-store.ts'
import { listExceptions } from '../governance/exceptions.ts'
import { checkPolicies, policyFindings } from '../governance/judge-policies.ts'
import { CatalogError } from '../problems.ts'
import { affectedBy, type Affected } from './affected.ts'
import type { Ask } from './ask-product.ts'
import type { Judgement } from './history-store.ts'
import { changeOf, checkStep, type Change } from './judge-change.ts'
import { domainOf, type Product } from './product.ts'
import { listProducts } from './product-store.ts'
import { usesOf, type Usage } from './usage.ts'

/** What is judged. */
export interface Candidate {
  readonly contract: Contract
  /** Registered majors of the same product, newest first. */
  readonly majors: readonly Product[]
  /** What the domain says of itself with this registration, in the place of what it said before. */
  readonly rules: DomainRules | undefined
  /** RFC 3339 */
  readonly at: string
}

/** What was found. Throws CatalogError `version_backwards`, `step_too_small`, `contract_invalid`, `policy_breach`. */
export async function judgeRegistration(
  env: CatalogEnv,
  { contract, majors, rules, at }: Candidate,
  askUsage: Ask<Usage>,
): Promise<Judgement> {
  const { id } = contract
  const change = changeOf(contract, majors)
  const [listed, exceptions, domain] = await Promise.all([
    listProducts(env.DB),
    listExceptions(env.DB, id),
    rules ?? findDomain(env.DB, domainOf(id)),
  ])
  // A product is judged beside all of its majors, also where there are more products than are listed.
  const all = [...listed.filter((product) => product.id !== id), ...majors]
  const affected = await whoIsAffected(env, change, { all, at }, askUsage)
  const { from, replaces, comparison } = change
  const policies = policyFindings(
    contract,
    from && replaces ? { contract: from.contract, comparison } : undefined,
    { all, domain, exceptions, today: dayOf(at) },
  )
  checkStep(contract, change, { affected, policies })
  checkProjections(contract, majors)
  checkPolicies(contract, policies)
  const { step, findings } = comparison
  return { compared_with: from?.contract.version ?? null, step, findings, affected, policies }
}

/** Nobody is asked for a change that breaks nobody. */
async function whoIsAffected(
  env: CatalogEnv,
  { from, comparison }: Change,
  { all, at }: { all: readonly Product[]; at: string },
  askUsage: Ask<Usage>,
): Promise<readonly Affected[]> {
  if (!from || (comparison.readers === 'compatible' && comparison.sources === 'compatible')) return []
  const [grants, sources, usage] = await Promise.all([
    listGrants(env.DB, at, from.id),
    listSources(env.DB, from.id),
    askUsage(env, from),
  ])
  return affectedBy(comparison, usesOf(from, grants, usage.document, all), sources)
}

/** Older majors are read from the records of this one: what they promise must still come out of it. */
function checkProjections(contract: Contract, majors: readonly Product[]): void {
  const errors = majors
    .filter((older) => older.contract.projects?.major === majorOf(contract))
    .flatMap((older) =>
      findProjectionProblems(older.contract, contract).map(({ path, problem }) => ({
        detail: `${older.contract.version}, ${path}: ${problem}`,
        path,
        problem,
      })),
    )
  if (errors.length === 0) return
  throw new CatalogError(
    'contract_invalid',
    `${contract.id} ${contract.version} no longer has what an older major is read from: ${errors[0]?.detail}. Register the older major first, with a projection that fits.`,
    { errors: errors.slice(0, 100) },
  )
}
