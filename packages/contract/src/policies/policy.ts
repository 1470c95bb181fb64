/** Federated governance: what every product of the mesh, or of a domain, keeps beyond having a valid contract. */
import type { PolicySeverity } from './severity.ts'
import type { Comparison } from '../compare/finding.ts'
import type { Contract } from '../definition/contract.ts'
import type { Day } from '../definition/lifecycle.ts'
import type { DomainRules } from './domain-rules.ts'

/** What policies look at beside the contract itself. */
export interface MeshView {
  /** Newest contract of every major that is registered, this product's own included. */
  readonly products: readonly Contract[]
  /** What is registered of this major now, and how the new contract differs; undefined for a new major. */
  readonly previous: { readonly contract: Contract; readonly comparison: Comparison } | undefined
  /** What the domain says of itself; undefined if it has said nothing. */
  readonly domain: DomainRules | undefined
  /** Today in UTC. */
  readonly today: Day
}

/** One thing that a policy finds wrong. */
export interface Breach {
  /** `fields.email.class` */
  readonly path: string
  readonly problem: string
}

/** A rule: a small function over contract and catalog. */
export interface Policy {
  /** `personal-data-classified`, or `<domain>/<rule>` for a domain's own; stable. */
  readonly id: string
  readonly severity: PolicySeverity
  /** Why the rule is there. */
  readonly reason: string
  /** How to keep it. */
  readonly remedy: string
  readonly check: (contract: Contract, mesh: MeshView) => Iterable<Breach>
}

/** An exception that somebody answers for. */
export interface Exception {
  readonly policy: string
  /** Product that is excepted. */
  readonly product: string
  /** Path that is excepted, with all below it; all of the product if absent. */
  readonly path?: string
  readonly owner: string
  readonly reason: string
  /** Last day of the exception; at most a year ahead. */
  readonly expires: Day
}

/** A breach with what is known of its policy. */
export interface PolicyFinding extends Breach {
  readonly policy: string
  readonly severity: PolicySeverity
  readonly reason: string
  readonly remedy: string
  /** The exception that covers it; null when it counts. */
  readonly excused: Exception | null
}
