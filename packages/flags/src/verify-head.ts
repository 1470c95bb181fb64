/**
 * Verifying a head, in the order of the format. The steps that need a reader's memory (expiry against what is
 * remembered, epoch) are in head-keeper.ts.
 */
import { fromUtf8, sha256, utf8, type Bytes } from './bytes.ts'
import { splitBlock, type Block } from './block.ts'
import type { HeadClaims } from './claims.ts'
import { decodeE64, encodeE64 } from './e64.ts'
import { splitHead, type Envelope } from './envelope.ts'
import { EXPIRY_CAP_MS, FRESH_CAP_MS, MAX_AHEAD_MS, SIGNATURE_BYTES } from './limits.ts'
import { parseClaims } from './parse-claims.ts'
import type { FlagPin, PinSet } from './pins.ts'

/** A head whose signature is a pinned key's and whose audience is ours (steps 1 to 5). */
export interface AuthenticHead {
  readonly envelope: Envelope
  readonly claims: HeadClaims
  readonly pin: FlagPin
}

/** A head that passed steps 1 to 10. */
export interface VerifiedHead {
  /** The whole value, for comparison and storage. */
  readonly value: Bytes
  readonly kid: string
  readonly claims: HeadClaims
  readonly block: Block
}

/** Why a value is not an authentic head. */
export type AuthenticityCause = 'head_malformed' | 'head_key' | 'head_signature' | 'head_audience'

/** Why an authentic head is not admitted. */
export type AdmissionCause =
  | 'head_key_window'
  | 'head_future'
  | 'head_lifetime'
  | 'secret_unknown'
  | 'index_hash'

/** A result, or the cause of its absence. */
export type Checked<T, Cause extends string> =
  | { readonly ok: true; readonly head: T }
  | { readonly ok: false; readonly cause: Cause }

/** Who looks at a head, with what in hand. */
export interface Verifier {
  readonly aud: string
  readonly pins: PinSet
  /** Ids of the reader secrets at hand; null for the steward, which has none and skips this step. */
  readonly sids: ReadonlySet<string> | null
}

/** Steps 1 to 10 on a head's value. `nowMs`: the reader's clock. */
export async function verifyHead(
  value: Bytes,
  verifier: Verifier,
  nowMs: number,
): Promise<Checked<VerifiedHead, AuthenticityCause | AdmissionCause>> {
  const authentic = await authenticateHead(value, verifier)
  if (!authentic.ok) return authentic
  const { claims, pin, envelope } = authentic.head
  const cause = admissionCause(claims, pin, verifier.sids, nowMs)
  if (cause !== null) return { ok: false, cause }
  const block = await verifyBlock(envelope.block, claims)
  return block === null
    ? { ok: false, cause: 'index_hash' }
    : { ok: true, head: { value, kid: pin.kid, claims, block } }
}

/** Steps 1 to 5: shape, pinned header, signature, types, audience. Nothing is parsed before the signature holds. */
export async function authenticateHead(
  value: Bytes,
  { aud, pins }: Pick<Verifier, 'aud' | 'pins'>,
): Promise<Checked<AuthenticHead, AuthenticityCause>> {
  const envelope = splitHead(value)
  if (envelope === null) return { ok: false, cause: 'head_malformed' }
  const pin = pins.find(envelope.header, aud)
  if (pin === undefined) return { ok: false, cause: 'head_key' }
  if (!(await isSignedBy(envelope, pin, pins))) return { ok: false, cause: 'head_signature' }
  const payload = decodeE64(envelope.payload)
  const claims = parseClaims((payload && fromUtf8(payload)) ?? '')
  if (claims === null) return { ok: false, cause: 'head_malformed' }
  if (claims.aud !== aud || pin.aud !== aud) return { ok: false, cause: 'head_audience' }
  return { ok: true, head: { envelope, claims, pin } }
}

/** Step 10: the block has the length that `bits` asks for and the hash that was signed. */
export async function verifyBlock(bytes: Bytes, claims: HeadClaims): Promise<Block | null> {
  const block = splitBlock(bytes, claims.bits)
  return block !== null && encodeE64(await sha256(bytes)) === claims.root ? block : null
}

// Steps 6 to 9.
function admissionCause(
  { epoch, fresh_until, expires, sid }: HeadClaims,
  pin: FlagPin,
  sids: ReadonlySet<string> | null,
  nowMs: number,
): AdmissionCause | null {
  if (epoch < pin.from || epoch > pin.until) return 'head_key_window'
  if (epoch > nowMs + MAX_AHEAD_MS) return 'head_future'
  const ordered = epoch < fresh_until && fresh_until <= expires
  if (!ordered || fresh_until > epoch + FRESH_CAP_MS || expires > epoch + EXPIRY_CAP_MS)
    return 'head_lifetime'
  return sids === null || sids.has(sid) ? null : 'secret_unknown'
}

// workerd accepts shortened signatures in places and throws in others: the length is ours to check, and an
// exception is a failure.
async function isSignedBy(
  { header, payload, signature }: Envelope,
  pin: FlagPin,
  pins: PinSet,
): Promise<boolean> {
  const bytes = decodeE64(signature)
  if (bytes?.length !== SIGNATURE_BYTES) return false
  try {
    const key = await pins.keyOf(pin)
    return await crypto.subtle.verify({ name: 'Ed25519' }, key, bytes, utf8(`${header}.${payload}`))
  } catch {
    return false
  }
}
