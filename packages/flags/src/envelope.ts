/** A head's outer shape: `header.payload.signature LF block`. Taken apart, nothing verified. */
import { fromUtf8, utf8, type Bytes } from './bytes.ts'
import { encodeE64 } from './e64.ts'
import { HEAD_TYP, MAX_HEAD_BYTES, MAX_JWS_BYTES } from './limits.ts'

/** The parts of a head's value. */
export interface Envelope {
  /** The three encoded segments of the signature (JWS compact serialisation, RFC 7515). */
  readonly jws: string
  readonly header: string
  readonly payload: string
  readonly signature: string
  readonly block: Bytes
}

const LINE_FEED = 10

/** Splits a head's value; null if its sizes or its shape are wrong. */
export function splitHead(value: Bytes): Envelope | null {
  if (value.length > MAX_HEAD_BYTES) return null
  const end = value.subarray(0, MAX_JWS_BYTES + 1).indexOf(LINE_FEED)
  const jws = end === -1 ? null : fromUtf8(value.subarray(0, end))
  const [, header, payload, signature] = /^([\w-]+)\.([\w-]+)\.([\w-]*)$/.exec(jws ?? '') ?? []
  if (jws === null || header === undefined || payload === undefined || signature === undefined) return null
  return { jws, header, payload, signature, block: value.subarray(end + 1) }
}

/** The encoded header segment of a key: exactly these bytes, so that readers compare instead of parsing. */
export function headerSegment(kid: string): string {
  return encodeE64(utf8(`{"alg":"Ed25519","kid":"${kid}","typ":"${HEAD_TYP}"}`))
}

/** Whether a text may name a signing key. */
export function isKid(text: string): boolean {
  return /^[A-Za-z0-9._-]{1,64}$/.test(text)
}
