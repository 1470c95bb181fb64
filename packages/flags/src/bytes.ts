/** Byte strings: UTF-8, concatenation, comparison, SHA-256. */

/** Bytes over a plain ArrayBuffer, which is what WebCrypto takes on every runtime. */
export type Bytes = Uint8Array<ArrayBuffer>

/** UTF-8 of a text. The text must be well-formed: an encoder would silently replace a lone surrogate. */
export function utf8(text: string): Bytes {
  return concat(new TextEncoder().encode(text))
}

/** Text of UTF-8 bytes, a leading byte order mark included; null if they are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

/** The parts one after the other, in new memory. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** An integer of at most 65,535 as two bytes, big-endian. */
export function uint16(value: number): Bytes {
  return new Uint8Array([value >> 8, value & 0xff])
}

/** Whether two byte strings are equal. For public data: it stops at the first difference. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  // A loop, not every(): a head may have 300,000 bytes.
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false
  return true
}

/** SHA-256. */
export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}
