/**
 * The catalog's audit log as anybody may check it: each entry is chained to the one before it, and signed checkpoints say
 * where the log stood. Whoever remembers a head notices that what was before it is rewritten, reordered or cut off.
 */
import { canonicalJson, sha256 } from '@meshloop/contract'
import { compactVerify, CompactSign, type CryptoKey } from 'jose'
import * as z from 'zod'
import type { PrivateJwk } from './private-jwk.ts'

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

const checkpointSchema = z.object({
  iss: z.string().min(1),
  /** Seconds since 1970. */
  iat: z.int(),
  seq: z.int().min(1),
  hash: z.string().min(1).max(64),
})

/** What a checkpoint says: that the log of `iss` stood there. */
export type Checkpoint = Readonly<z.output<typeof checkpointSchema>>

/** Signs a checkpoint. */
export const signCheckpoint = (key: PrivateJwk, checkpoint: Checkpoint): Promise<string> =>
  new CompactSign(new TextEncoder().encode(JSON.stringify(checkpointSchema.parse(checkpoint))))
    .setProtectedHeader({ alg: 'Ed25519', typ: auditTyp, kid: key.kid })
    .sign(key)

/** What a checkpoint turned out to be. `unknown_key`: its key is not published (any more), so nobody can tell. */
export type CheckpointVerdict = Checkpoint | 'unknown_key' | 'forged'

/** Verifies a checkpoint of `issuer` with keys that it publishes for {@link auditTyp}. */
export async function verifyCheckpoint(
  signed: string,
  issuer: string,
  keyOf: (kid: string) => Promise<CryptoKey | undefined>,
): Promise<CheckpointVerdict> {
  const unknown = new Error('unknown_key')
  try {
    const { payload, protectedHeader } = await compactVerify(
      signed,
      async ({ kid }) => {
        const key = kid === undefined ? undefined : await keyOf(kid)
        if (key === undefined) throw unknown
        return key
      },
      { algorithms: ['Ed25519'] },
    )
    const checkpoint = checkpointSchema.parse(JSON.parse(new TextDecoder().decode(payload)))
    return protectedHeader.typ === auditTyp && checkpoint.iss === issuer ? checkpoint : 'forged'
  } catch (error) {
    return error === unknown ? 'unknown_key' : 'forged'
  }
}
