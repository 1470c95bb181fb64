/** An entry of the audit log, and how it is chained to the one before it. */
import { canonicalJson, sha256 } from '@meshloop/contract'

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

/** What somebody did. `about` says to what, in words that need no other table; never a secret. */
export interface Act {
  readonly what: AuditedAct
  /** As `nameOf` of an actor gives it. */
  readonly by: string
  readonly about: Readonly<Record<string, unknown>>
}

/** An act at its place in the log. */
export interface Entry extends Act {
  /** 1, 2, 3, … without gaps. */
  readonly seq: number
  /** RFC 3339 */
  readonly at: string
}

/** The hash before the first entry. */
export const genesis = 'genesis'

/** SHA-256 (base64url) of an entry's canonical JSON: what it says. */
export const contentHash = ({ seq, at, what, by, about }: Entry): Promise<string> =>
  sha256(canonicalJson({ seq, at, what, by, about }))

/** SHA-256 (base64url) of the hash before and the content: the place that it has. */
export const chainHash = (before: string, content: string): Promise<string> => sha256(`${before} ${content}`)
