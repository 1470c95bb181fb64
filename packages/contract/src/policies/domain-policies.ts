/** A domain's rules as policies: they add to the mesh's and can name none of them. */
import { own } from '../check/own.ts'
import type { Contract } from '../definition/contract.ts'
import type { Field } from '../definition/fields.ts'
import type { DomainRule, DomainRules, FieldSelector } from './domain-rules.ts'
import { fieldsWithin, type FieldAt } from './field-at.ts'
import type { Breach, Policy } from './policy.ts'

/** A policy for each rule. Their ids begin with the domain and a slash, which no policy of the mesh has. */
export const domainPolicies = ({ domain, rules = [] }: DomainRules): readonly Policy[] =>
  rules.map((rule) => ({
    id: `${domain}/${rule.id}`,
    severity: rule.severity,
    reason: rule.reason,
    remedy: rule.remedy,
    check: (contract) => check(rule, contract),
  }))

function* check(rule: DomainRule, contract: Contract): Generator<Breach> {
  const { fields, require = [], forbid = [] } = rule
  if (!fields) {
    yield* checkMembers('', contract, require, forbid)
    return
  }
  for (const at of fieldsWithin(contract)) {
    if (!isSelected(at, fields)) continue
    if (!rule.require && !rule.forbid) yield { path: at.path, problem: 'there shall be no such field' }
    yield* checkMembers(`${at.path}.`, at.field, require, forbid)
  }
}

function* checkMembers(
  prefix: string,
  of: Contract | Field,
  required: readonly string[],
  forbidden: readonly string[],
): Generator<Breach> {
  for (const member of required)
    if (!isSaid(of, member)) yield { path: prefix + member, problem: 'is not said' }
  for (const member of forbidden)
    if (isSaid(of, member)) yield { path: prefix + member, problem: 'is not to be said' }
}

/** An empty list or text says nothing. */
function isSaid(of: Contract | Field, member: string): boolean {
  const value: unknown = own(of as unknown as Readonly<Record<string, unknown>>, member) // looked at by name only
  if (Array.isArray(value)) return value.length > 0
  if (typeof value === 'string') return value.trim() !== ''
  return value !== undefined && (typeof value !== 'object' || Object.keys(value ?? {}).length > 0)
}

const isSelected = ({ name, field }: FieldAt, selector: FieldSelector): boolean =>
  (selector.kinds?.includes(field.kind) ?? true) &&
  (selector.classes?.includes(field.class) ?? true) &&
  (selector.names?.includes(name) ?? true) &&
  name.startsWith(selector.startsWith ?? '') &&
  name.endsWith(selector.endsWith ?? '')
