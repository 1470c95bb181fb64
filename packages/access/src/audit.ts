/**
 * The catalog's audit log as anybody may check it: each entry is chained to the one before it, so that whoever
 * remembers a head notices that what was before it is rewritten, reordered or cut off.
 */
import { canonicalJson, sha256 } from '@meshloop/contract'
import * as z from 'zod'

/** What the content hash of an entry is made of. */
export const auditEntrySchema = z.object({
  /** 1, 2, 3, … without gaps. */
  seq: z.int().min(1),
  /** RFC 3339 */
  at: z.string(),
  what: z.string(),
  by: z.string(),
  about: z.record(z.string(), z.unknown()),
  /** Random, and shown with the entry only: without it nobody finds out what an entry says by guessing at its hash. */
  salt: z.string(),
})

/** An entry of the log. */
export type AuditEntry = Readonly<z.output<typeof auditEntrySchema>>

/** What the public chain says of an entry: its place, not its content. */
export const auditLinkSchema = z.object({
  seq: z.int().min(1),
  /** {@link contentHash} of the entry. */
  content: z.string().max(64),
  /** {@link chainHash} of the hash before it and the content. */
  hash: z.string().max(64),
})

/** A link of the chain. */
export type AuditLink = Readonly<z.output<typeof auditLinkSchema>>

/** Where a log stands. */
export interface AuditHead {
  readonly seq: number
  readonly hash: string
}

/** The head before the first entry. */
export const genesis: AuditHead = { seq: 0, hash: 'genesis' }

/** SHA-256 (base64url) of an entry's canonical JSON: what it says. */
export const contentHash = ({ seq, at, what, by, about, salt }: AuditEntry): Promise<string> =>
  sha256(canonicalJson({ seq, at, what, by, about, salt }))

/** SHA-256 (base64url) of the hash before and the content: the place that it has. */
export const chainHash = (before: string, content: string): Promise<string> => sha256(`${before} ${content}`)

/** How far a chain goes on from a head. `wrongSeq`: the first entry that does not follow; null if all do. */
export interface Followed {
  readonly head: AuditHead
  readonly wrongSeq: number | null
}

/** Follows links from a head on: each must be the next, and its hash made of the one before it. */
export async function followChain(from: AuditHead, links: readonly AuditLink[]): Promise<Followed> {
  let head = from
  for (const { seq, content, hash } of links) {
    const follows = seq === head.seq + 1 && hash === (await chainHash(head.hash, content))
    if (!follows) return { head, wrongSeq: head.seq + 1 }
    head = { seq, hash }
  }
  return { head, wrongSeq: null }
}

/** `typ` of a signed checkpoint, a compact JWS; its key signs nothing else, and no other key signs a checkpoint. */
export const auditTyp = 'meshloop-audit+jws'
