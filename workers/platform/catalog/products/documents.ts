/** What the catalog says about products, as data: the `.json` twins, and what the pages and `.md` twins are made of. */
import type { Contract, Day } from '@meshloop/contract'
import type { PolicyFinding } from '@meshloop/contract/policies'
import type { Grant } from '../grants/grant.ts'
import type { Drift, Drifts } from './drift-store.ts'
import type { HistoryEntry } from './history-store.ts'
import { levelOf, type Level } from './level.ts'
import { phaseOf, type Phase } from './lifecycle.ts'
import { joinsOf, lineageOf, type Join, type Lineage } from './lineage.ts'
import { unasked, type LiveState, type LiveStates } from './live-state.ts'
import { olderOf, successorOf, type OlderMajor, type Successor, type Usages } from './majors.ts'
import type { Product } from './product.ts'
import { usesForAll, usesOf, type ConsumerUse } from './usage.ts'

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
  readonly phase: Phase
  /** Path of its page: that of the newest major needs no major. */
  readonly page: string
  readonly state: LiveState
  /** Set while it serves another contract than the registered one. */
  readonly drift: Drift | null
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
  readonly consumers: readonly ConsumerUse[]
  /** What the policies find today, excepted or not. */
  readonly policies: readonly PolicyFinding[]
  /** Registered versions of this major, the newest first. */
  readonly history: readonly HistoryEntry[]
  /** Older majors that are still registered. */
  readonly older: readonly OlderMajor[]
  /** The newest major, if this one is older. */
  readonly successor: Successor | null
  readonly registered_by: string
  readonly registered_at: string
  readonly updated_at: string
}

/** What the documents are made of. */
export interface Known {
  readonly all: readonly Product[]
  /** Those that hold. */
  readonly grants: readonly Grant[]
  readonly states: LiveStates
  readonly drifts: Drifts
  /** In UTC. */
  readonly today: Day
}

/** What the document of one product is made of beside that. */
export interface KnownOfOne extends Known {
  readonly usages: Usages
  readonly history: readonly HistoryEntry[]
  readonly policies: readonly PolicyFinding[]
}

/** A list of `shown`, which are all products, or the hits of `query`. */
export function listDocument(shown: readonly Product[], query: string | null, known: Known): ListDocument {
  const products = shown.map((product) => summaryOf(product, known))
  const domains = [...new Set(products.map(({ domain }) => domain))].toSorted().map((domain) => {
    const own = products.filter((product) => product.domain === domain)
    const { level, evidence, next } = levelOf(domain, known.all, known.grants)
    return { domain, team: own[0]?.owner.team ?? domain, level, evidence, next, products: own }
  })
  return { query, total: products.length, products, domains }
}

/** One product with everything around it. */
export function productDocument(product: Product, known: KnownOfOne): ProductDocument {
  const { registered_by, registered_at, updated_at } = product
  return {
    ...summaryOf(product, known),
    majors: known.all.filter(({ id }) => id === product.id).map(({ major }) => major),
    contract: product.contract,
    lineage: lineageOf(product, known.all),
    joins: joinsOf(product, known.all),
    consumers: usesForAll(product, usesOf(product, known.grants, known.usages.get(product.url), known.all)),
    policies: known.policies,
    history: product.contract.visibility === 'internal' ? known.history.map(withoutNames) : known.history,
    older: olderOf(product, known),
    successor: successorOf(product, known.all),
    registered_by,
    registered_at,
    updated_at,
  }
}

/** Who relied on what was changed in an internal product is told inside its domain alone. */
const withoutNames = (entry: HistoryEntry): HistoryEntry => ({ ...entry, affected: [] })

/** What a contract promises for its flags when it names nothing else. */
const defaultGate = ['freshness', 'drift', 'quality'] as const

function summaryOf(product: Product, { all, states, drifts, today }: Known): ProductSummary {
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
    lifecycle,
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
    phase: phaseOf(lifecycle, today),
    page: `/products/${id}${successorOf(product, all) ? `?major=${major}` : ''}`,
    state: states.get(url) ?? unasked,
    drift: drifts.get(url) ?? null,
  }
}
