/** Looking into a head that came from the product's own log: nothing is verified. Readers never do this. */
import { splitBlock, type Block } from './block.ts'
import { fromUtf8, type Bytes } from './bytes.ts'
import type { HeadClaims } from './claims.ts'
import { decodeE64 } from './e64.ts'
import { splitHead } from './envelope.ts'
import { parseClaims } from './parse-claims.ts'

/** What a head says; null if it has not the shape of one. */
export function peekHead(value: Bytes): { readonly claims: HeadClaims; readonly block: Block } | null {
  const envelope = splitHead(value)
  const payload = envelope && decodeE64(envelope.payload)
  const claims = payload && parseClaims(fromUtf8(payload) ?? '')
  const block = envelope && claims && splitBlock(envelope.block, claims.bits)
  return claims && block ? { claims, block } : null
}
