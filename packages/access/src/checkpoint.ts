/** Checkpoints of the audit log: signed, they prove to anybody that the catalog said where its log stood. */
import { compactVerify, CompactSign, errors } from 'jose'
import * as z from 'zod'
import { AccessError } from './access-error.ts'
import { auditTyp } from './audit.ts'
import type { Fetch } from './fetch-json.ts'
import { createKeySet } from './key-set.ts'
import type { PrivateJwk } from './private-jwk.ts'

const checkpointSchema = z.object({
  iss: z.string().min(1),
  /** Seconds since 1970. */
  iat: z.int(),
  seq: z.int().min(1),
  hash: z.string().min(1).max(64),
})

/** What a checkpoint says: that the log stood there, when the catalog was called `iss`. Its key tells whose log it is. */
export type Checkpoint = Readonly<z.output<typeof checkpointSchema>>

/** Signs a checkpoint. */
export const signCheckpoint = (key: PrivateJwk, checkpoint: Checkpoint): Promise<string> =>
  new CompactSign(new TextEncoder().encode(JSON.stringify(checkpointSchema.parse(checkpoint))))
    .setProtectedHeader({ alg: 'Ed25519', typ: auditTyp, kid: key.kid })
    .sign(key)

/** What a signed checkpoint turned out to be. `unknown_key`: its key is not published (any more), so nobody can tell. */
export type CheckpointVerdict = Checkpoint | 'unknown_key' | 'forged'

/**
 * Verifies checkpoints of `issuer` with the keys that it publishes for them. The function throws AccessError
 * `issuer_unavailable` while these cannot be had.
 */
export function createCheckpointVerifier(options: {
  readonly issuer: string
  readonly fetch: Fetch
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly timeoutMs: number
}): (signed: string) => Promise<CheckpointVerdict> {
  const keyOf = createKeySet(options)
  const unknown = new Error('unknown_key')

  return async (signed) => {
    try {
      const { payload, protectedHeader } = await compactVerify(
        signed,
        async ({ kid }) => {
          const key = kid === undefined ? undefined : await keyOf(kid, auditTyp)
          if (key === undefined) throw unknown
          return key
        },
        { algorithms: ['Ed25519'] },
      )
      const checkpoint = checkpointSchema.safeParse(JSON.parse(new TextDecoder().decode(payload))).data
      return checkpoint && protectedHeader.typ === auditTyp ? checkpoint : 'forged'
    } catch (error) {
      if (error === unknown) return 'unknown_key'
      if (error instanceof AccessError) throw error
      if (error instanceof errors.JOSEError || error instanceof SyntaxError) return 'forged'
      throw error
    }
  }
}
