/** Federated governance: the policies of the mesh, the rules of domains, and exceptions from both. */
export { defineDomain } from './define-domain.ts'
export { readDomain } from './read-domain.ts'
export { DomainError } from './domain-error.ts'
export type { DomainRule, DomainRules, FieldSelector } from './domain-rules.ts'
export { judge, stops } from './judge.ts'
export { meshPolicies } from './mesh-policies.ts'
export { MAX_EXCEPTION_DAYS, problemOfException } from './exceptions.ts'
export type { Breach, Exception, MeshView, Policy, PolicyFinding, PolicySeverity } from './policy.ts'
