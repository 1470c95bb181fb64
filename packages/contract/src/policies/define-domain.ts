/** The way in for what a domain says of itself in TypeScript. */
import type { DomainRules } from './domain-rules.ts'
import { readDomain } from './read-domain.ts'

/**
 * Says what a domain is and keeps: the export `domain` of `workers/<domain>/domain.ts`.
 *
 * @throws {DomainError} `domain_invalid`, with every problem found.
 */
export const defineDomain = (rules: DomainRules): DomainRules => readDomain(rules)
