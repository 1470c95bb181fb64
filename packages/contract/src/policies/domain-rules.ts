/** What a domain says of itself, and the rules that it adds to the mesh's for its own products: data, no code. */
import type { Contract } from '../definition/contract.ts'
import type { Duration } from '../definition/duration.ts'
import type { Class, Field } from '../definition/fields.ts'
import type { Kind } from '../definition/kinds.ts'
import type { PolicySeverity } from './severity.ts'

/** Members of a field that a rule may ask for, or refuse. */
export const fieldMembers = [
  'name',
  'synonyms',
  'unit',
  'of',
  'from',
  'examples',
  'min',
  'max',
] as const satisfies readonly (keyof Field)[]

/** Members of a contract that a rule may ask for, or refuse. */
export const contractMembers = [
  'limitations',
  'terms',
  'price',
  'versionBy',
  'measures',
  'frequency',
  'retention',
  'availability',
  'lifecycle',
  'quality',
  'inputs',
  'flags',
] as const satisfies readonly (keyof Contract)[]

/** Which fields a rule is about: those for which all of this holds, members of structs and items of lists included. */
export interface FieldSelector {
  readonly kinds?: readonly Kind[]
  readonly classes?: readonly Class[]
  readonly names?: readonly string[]
  readonly startsWith?: string
  readonly endsWith?: string
}

interface RuleFrame {
  /** Lower case, digits and hyphens; findings call it `<domain>/<id>`, so it is never one of the mesh's. */
  readonly id: string
  readonly severity: PolicySeverity
  readonly reason: string
  readonly remedy: string
}

/** A rule of a domain. Without `require` and `forbid` there shall be no such field. */
export type DomainRule = RuleFrame &
  (
    | {
        readonly fields: FieldSelector
        readonly require?: readonly (typeof fieldMembers)[number][]
        readonly forbid?: readonly (typeof fieldMembers)[number][]
      }
    | {
        /** Without `fields` the rule is about the contract. */
        readonly fields?: never
        readonly require?: readonly (typeof contractMembers)[number][]
        readonly forbid?: readonly (typeof contractMembers)[number][]
      }
  )

/** What a domain says of itself: `workers/<domain>/domain.ts`. */
export interface DomainRules {
  /** Lower case: the first part of its products' ids. */
  readonly domain: string
  readonly team: string
  /** Where its products' readers ask: a mail address or an https URL. */
  readonly support: string
  readonly limits?: {
    /** No product promises personal data for longer than this. */
    readonly personalRetention?: Duration
  }
  readonly rules?: readonly DomainRule[]
}
