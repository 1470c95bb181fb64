/** Building and signing a head. Pure: the product keeps the log of heads, the steward puts them. */
import { buildDiff, buildIndex, encodeBlock, type PlacedPage } from './block.ts'
import { concat, sha256, utf8, type Bytes } from './bytes.ts'
import { canonicalJson } from './canonical-json.ts'
import type { ContractRef, Gate, HeadClaims, ModelRef, PrevClaims } from './claims.ts'
import { encodeE64 } from './e64.ts'
import { headerSegment, splitHead } from './envelope.ts'
import { FlagsError } from './errors.ts'
import { EXPIRY_CAP_MS, FRESH_CAP_MS, MAX_HEAD_BYTES, MAX_JWS_BYTES, PREV_MIN_AGE_MS } from './limits.ts'
import { checkAud } from './names.ts'
import { claimsToJson, parseClaims } from './parse-claims.ts'
import { peekHead } from './peek-head.ts'
import { pageOutlives } from './renewal.ts'
import type { FlagSigningKey } from './signing-key.ts'

/** Everything that a head says. Times are Unix ms. */
export interface HeadContent {
  readonly aud: string
  readonly sid: string
  /** From `nextEpoch`. */
  readonly epoch: number
  readonly bits: number
  /** The current page of each slot that has one, all put and acknowledged. */
  readonly pages: Iterable<PlacedPage>
  /** Number of entries in these pages. */
  readonly count: number
  readonly contract: ContractRef
  readonly model?: ModelRef
  readonly watermark: number | null
  readonly watermarks: Readonly<Record<string, number | null>>
  /** Freshness promised by the contract. */
  readonly lagMs: number
  readonly gate: Gate
  /** The log's newest head value at least 55 s older than `epoch` with the same bits and sid; null for none. */
  readonly prev: Bytes | null
  /** The oldest put among the pages that this head or its DIFF names; null when they name none. */
  readonly oldestPutAtMs: number | null
  /** Lifetimes from the epoch. Defaults: 300,000 and 3,600,000, the latter also the readers' cap. */
  readonly freshMs?: number
  readonly expiresMs?: number
}

/** A head as the product logs it and the steward puts it. */
export interface SignedHead {
  readonly epoch: number
  readonly expires: number
  readonly value: Bytes
  /** From `headFingerprint`: what the witness asks the log for. */
  readonly fingerprint: string
}

const FRESH_MS = 300_000

/**
 * Builds and signs a head. Throws `head_invalid` (a claim out of range, or too large), `prev_unfit` (prev is
 * younger than 55 s or has other bits, sid or audience), `page_expiring` (a named page would leave KV within an
 * hour of the head's end: put it again first).
 */
export async function signHead(key: FlagSigningKey, content: HeadContent): Promise<SignedHead> {
  checkAud(content.aud)
  const prev = content.prev === null ? null : readOwnHead(content.prev)
  if (prev !== null) checkPrev(prev.claims, content)
  const index = buildIndex(content.bits, content.pages)
  const block = encodeBlock({
    index,
    diff: prev === null ? new Uint8Array() : buildDiff(index, prev.block.index),
  })
  const claims = claimsOf(content, encodeE64(await sha256(block)), prev?.claims ?? null)
  const jws = await sign(key, canonicalJson(claimsToJson(claims)))
  const value = concat(utf8(`${jws}\n`), block)
  if (jws.length > MAX_JWS_BYTES || value.length > MAX_HEAD_BYTES)
    throw new FlagsError(
      'head_invalid',
      `The head is too large (${jws.length} bytes signed): name fewer breaches`,
    )
  return { epoch: claims.epoch, expires: claims.expires, value, fingerprint: await headFingerprint(value) }
}

/**
 * What identifies a head in a log: e64 of the SHA-256 of its signed part. The block is left out, so that a
 * damaged block behind a true signature does not look like a stolen key. Throws `head_invalid`.
 */
export async function headFingerprint(value: Bytes): Promise<string> {
  const envelope = splitHead(value)
  if (envelope === null) throw new FlagsError('head_invalid', 'This value has not the shape of a head')
  return encodeE64(await sha256(utf8(envelope.jws)))
}

function claimsOf(content: HeadContent, root: string, prev: HeadClaims | null): HeadClaims {
  const { aud, sid, epoch, bits, count, contract, model, watermark, watermarks, gate } = content
  const expires = epoch + (content.expiresMs ?? EXPIRY_CAP_MS)
  const { lagMs: lag_ms, freshMs = FRESH_MS } = content
  const plain = {
    v: 1,
    aud,
    sid,
    epoch,
    bits,
    count,
    root,
    contract,
    model,
    watermark,
    watermarks,
    gate,
    lag_ms,
  }
  const lifetime = { fresh_until: epoch + freshMs, expires }
  // Through JSON and the readers' own check: what we could not read we do not sign.
  const claims = parseClaims(
    JSON.stringify({ ...plain, ...lifetime, prev: prev ? prevClaims(prev) : undefined }),
  )
  if (claims === null || claims.epoch >= claims.fresh_until || claims.fresh_until > claims.expires)
    throw new FlagsError('head_invalid', 'A claim has the wrong type, or the lifetimes are not in order')
  if (claims.fresh_until > epoch + FRESH_CAP_MS || expires > epoch + EXPIRY_CAP_MS)
    throw new FlagsError(
      'head_invalid',
      'Readers refuse heads that are fresh for more than 10 or live for more than 60 minutes',
    )
  if (content.oldestPutAtMs !== null && !pageOutlives(content.oldestPutAtMs, expires))
    throw new FlagsError(
      'page_expiring',
      'A named page would leave KV within an hour of the head’s end: put it again first',
    )
  return claims
}

function prevClaims({ epoch, fresh_until, watermark, gate }: HeadClaims): PrevClaims {
  return { epoch, fresh_until, watermark, gate_open: gate.open }
}

async function sign({ kid, privateKey }: FlagSigningKey, payload: string): Promise<string> {
  const signed = `${headerSegment(kid)}.${encodeE64(utf8(payload))}`
  const signature = await crypto.subtle.sign({ name: 'Ed25519' }, privateKey, utf8(signed))
  return `${signed}.${encodeE64(new Uint8Array(signature))}`
}

// Our own log needs no verification: whoever writes there already signs.
function readOwnHead(value: Bytes): NonNullable<ReturnType<typeof peekHead>> {
  const head = peekHead(value)
  if (head !== null) return head
  throw new FlagsError('prev_unfit', 'prev is no head: pass a complete value from the log')
}

function checkPrev(prev: HeadClaims, { aud, sid, bits, epoch }: HeadContent): void {
  const same = prev.aud === aud && prev.sid === sid && prev.bits === bits
  if (same && prev.epoch <= epoch - PREV_MIN_AGE_MS) return
  throw new FlagsError(
    'prev_unfit',
    'prev must be at least 55 s older and have the same audience, bits and sid: pass another from the log, or null',
  )
}
