/** What the audit log writes down; how entries are chained is in @meshloop/access/audit, for everybody who checks it. */

/** Everything that is written down. */
export const auditedActs = [
  'client.made',
  'client.changed',
  'key.made',
  'key.revoked',
  'keys.used',
  'request.made',
  'request.withdrawn',
  'request.refused',
  'grant.approved',
  'grant.changed',
  'grant.revoked',
  'role.given',
  'role.taken',
  'person.signed_in',
  'webhook.made',
  'webhook.ended',
  'exception.recorded',
  'product.registered',
  'product.moved',
] as const

/** One of {@link auditedActs}. */
export type AuditedAct = (typeof auditedActs)[number]

/** What somebody did. */
export interface Act {
  readonly what: AuditedAct
  /** As `nameOf` of an actor gives it. */
  readonly by: string
  /**
   * To what, in words that need no other table; never a secret. The owners of a domain see entries whose `domain` it is, or
   * whose `product`, `consumer`, `client` or `owner` is one of its: the operator sees all.
   */
  readonly about: Readonly<Record<string, unknown>>
}
