/**
 * An answer as bytes that lie where others may come: sealed under its name, so that nobody reads it, makes one, or puts it where
 * another belongs. AES-256-GCM; what is sealed is a line of JSON, and the body.
 */
import { joined, utf8 } from '../store/bytes.ts'
import { hkdf } from '../store/secret.ts'
import type { Dated } from './kept.ts'

type Bytes = Uint8Array<ArrayBuffer>

const NONCE_BYTES = 12
const END_OF_LINE = 0x0a

/** Names the form too: whoever changes it changes this, and what lies in the other form does not open. */
const INFO = 'meshloop kept answers 1'

/** The key that follows from a database's secret (HKDF-SHA-256, RFC 5869). */
export async function answersKey(secret: Bytes): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey'])
  const aes = { name: 'AES-GCM', length: 256 }
  return crypto.subtle.deriveKey(hkdf(INFO), base, aes, false, ['encrypt', 'decrypt'])
}

/** Seals an answer under a name. `random` fills an array, as `crypto.getRandomValues` does. */
export async function sealAnswer(
  key: CryptoKey,
  name: string,
  { made: { body, ...about }, ...dated }: Dated,
  random: (bytes: Bytes) => Bytes,
): Promise<Bytes> {
  const nonce = random(new Uint8Array(NONCE_BYTES))
  const line = utf8(`${JSON.stringify({ ...dated, made: about })}\n`)
  const sealed = await crypto.subtle.encrypt(gcm(nonce, name), key, joined(line, body))
  return joined(nonce, new Uint8Array(sealed))
}

/** The answer that was sealed under this name. Rejects what is no such thing. */
export async function openAnswer(key: CryptoKey, name: string, bytes: Bytes): Promise<Dated> {
  const algorithm = gcm(bytes.subarray(0, NONCE_BYTES), name)
  const all = new Uint8Array(await crypto.subtle.decrypt(algorithm, key, bytes.subarray(NONCE_BYTES)))
  const end = all.indexOf(END_OF_LINE)
  const { made, ...dated } = JSON.parse(new TextDecoder().decode(all.subarray(0, end))) as Dated // nobody else seals with this key
  return { ...dated, made: { ...made, body: all.subarray(end + 1) } }
}

const gcm = (iv: Bytes, name: string) => ({ name: 'AES-GCM', iv, additionalData: utf8(name) })
