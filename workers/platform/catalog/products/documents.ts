/** What the catalog says about products, as data: the `.json` twins, and what the pages and `.md` twins are made of. */
import type { Contract } from '@meshloop/contract'
import type { Grant } from '../access/grants.ts'
import { levelOf, type Level } from './level.ts'
import { joinsOf, lineageOf, type Join, type Lineage } from './lineage.ts'
import { unasked, type LiveState, type LiveStates } from './live-state.ts'
import type { Product } from './product-store.ts'

/** A product in a list. */
export interface ProductSummary {
  readonly id: string
  readonly major: number
  readonly version: string
  readonly domain: string
  readonly title: string
  readonly purpose: string
  readonly owner: Contract['owner']
  readonly visibility: 'mesh' | 'internal'
  readonly url: string
  readonly freshness: string
  readonly inputs: NonNullable<Contract['inputs']>
  /** Name of the flag set, for a product with a way back into apps. */
  readonly flags: string | null
  /** Promises that must hold for its flags to count as fresh. */
  readonly gate: NonNullable<Contract['gate']>
  readonly contract_hash: string
  readonly state: LiveState
}

/** A domain in a list. */
export interface DomainSummary extends Level {
  readonly domain: string
  readonly team: string
  readonly products: readonly ProductSummary[]
}

/** A list of products. */
export interface ListDocument {
  readonly query: string | null
  readonly total: number
  /** Best first for a search, else by domain. */
  readonly products: readonly ProductSummary[]
  readonly domains: readonly DomainSummary[]
}

/** One product. */
export interface ProductDocument extends ProductSummary {
  readonly majors: readonly number[]
  readonly contract: Contract
  readonly lineage: Lineage
  readonly joins: readonly Join[]
  readonly consumers: readonly Pick<Grant, 'consumer' | 'purpose'>[]
  readonly registered_by: string
  readonly registered_at: string
  readonly updated_at: string
}

/** What the documents are made of. */
export interface Known {
  readonly all: readonly Product[]
  readonly grants: readonly Grant[]
  readonly states: LiveStates
}

/** A list of `shown`, which are all products, or the hits of `query`. */
export function listDocument(shown: readonly Product[], query: string | null, known: Known): ListDocument {
  const products = shown.map((product) => summaryOf(product, known.states))
  const domains = [...new Set(products.map(({ domain }) => domain))].toSorted().map((domain) => {
    const own = products.filter((product) => product.domain === domain)
    const { level, evidence, next } = levelOf(domain, known.all, known.grants)
    return { domain, team: own[0]?.owner.team ?? domain, level, evidence, next, products: own }
  })
  return { query, total: products.length, products, domains }
}

/** One product with everything around it. */
export function productDocument(product: Product, known: Known): ProductDocument {
  const { registered_by, registered_at, updated_at } = product
  return {
    ...summaryOf(product, known.states),
    majors: known.all.filter(({ id }) => id === product.id).map(({ major }) => major),
    contract: product.contract,
    lineage: lineageOf(product, known.all),
    joins: joinsOf(product, known.all),
    consumers: known.grants
      .filter((grant) => grant.product === product.id && grant.major === product.major)
      .map(({ consumer, purpose }) => ({ consumer, purpose })),
    registered_by,
    registered_at,
    updated_at,
  }
}

/** What a contract promises for its flags when it names nothing else. */
const defaultGate = ['freshness', 'drift', 'quality'] as const

function summaryOf(product: Product, states: LiveStates): ProductSummary {
  const { id, major, domain, url, contract, contract_hash } = product
  const {
    version,
    title,
    purpose,
    owner,
    visibility = 'mesh',
    freshness,
    inputs = [],
    flags,
    gate = defaultGate,
  } = contract
  return {
    id,
    major,
    version,
    domain,
    title,
    purpose,
    owner,
    visibility,
    url,
    freshness,
    inputs,
    flags: flags?.set ?? null,
    gate,
    contract_hash,
    state: states.get(url) ?? unasked,
  }
}
