/** Keys of a flag set, derived from the reader secret (HKDF-SHA-256, RFC 5869). */
import { utf8, type Bytes } from './bytes.ts'
import { decodeE64 } from './e64.ts'
import { FlagsError } from './errors.ts'
import { FORMAT, HASH_BYTES } from './limits.ts'
import { checkAud } from './names.ts'

/** A WebCrypto key, by whatever name the runtime's types know it. */
export type WebKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

/** What the publisher and the granted readers of a flag set derive from their common secret. */
export interface FlagKeys {
  readonly aud: string
  /** Id of the secret. A new id withdraws the flags from whoever does not get the new secret. */
  readonly sid: string
  /** HMAC-SHA-256: subject to slot and tag. */
  readonly subject: WebKey
  /** AES-256-GCM: pages. */
  readonly page: WebKey
  /** HMAC-SHA-256: a page's nonce from its content. */
  readonly nonce: WebKey
  /** HMAC-SHA-256 key for hashes of one kind of value inside entries. */
  value(label: string): Promise<WebKey>
}

/** A reader secret taken apart. */
export interface ReaderSecret {
  readonly sid: string
  readonly bytes: Bytes
}

/**
 * Reads `<sid>.<e64 of 32 random bytes>`; sid: 1 to 32 of `A-Z a-z 0-9 _ -`. Throws `secret_invalid`; the
 * message never holds the secret.
 */
export function parseReaderSecret(secret: string): ReaderSecret {
  const [, sid, encoded] = /^([\w-]{1,32})\.([\w-]{43})$/.exec(secret) ?? []
  const bytes = encoded === undefined ? null : decodeE64(encoded)
  if (sid === undefined || bytes?.length !== HASH_BYTES)
    throw new FlagsError(
      'secret_invalid',
      'The reader secret has the wrong form: it must be <id>.<32 random bytes in base64url without padding>',
    )
  return { sid, bytes }
}

/** Derives the keys of a flag set from `<sid>.<e64>`. Throws `aud_invalid`, `secret_invalid`. */
export async function deriveFlagKeys(secret: string, aud: string): Promise<FlagKeys> {
  checkAud(aud)
  const { sid, bytes } = parseReaderSecret(secret)
  const root = await crypto.subtle.importKey('raw', bytes, 'HKDF', false, ['deriveBits'])
  const derive = (label: string) =>
    crypto.subtle.deriveBits(
      { name: 'HKDF', hash: 'SHA-256', salt: utf8(FORMAT), info: utf8(`${aud}\0${sid}\0${label}`) },
      root,
      HASH_BYTES * 8,
    )
  const hmac = async (label: string) =>
    crypto.subtle.importKey('raw', await derive(label), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const aes = async (label: string) =>
    crypto.subtle.importKey('raw', await derive(label), 'AES-GCM', false, ['encrypt', 'decrypt'])

  const values = new Map<string, WebKey>()
  return {
    aud,
    sid,
    subject: await hmac('subject'),
    page: await aes('page'),
    nonce: await hmac('nonce'),
    async value(label) {
      const key = values.get(label) ?? (await hmac(`value/${label}`))
      values.set(label, key)
      return key
    },
  }
}
