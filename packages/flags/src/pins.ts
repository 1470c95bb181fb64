/** The public keys that a reader trusts: deployed with the app, never read from KV or the network. */
import { decodeE64 } from './e64.ts'
import { headerSegment, isKid } from './envelope.ts'
import { FlagsError } from './errors.ts'
import { HASH_BYTES } from './limits.ts'
import type { WebKey } from './keys.ts'

/** A trusted key. Pin the current one and the next, so that a rotation needs no deployment. */
export interface FlagPin {
  readonly kid: string
  /** Ed25519 public key, e64 of 32 bytes (the `x` of a JWK). */
  readonly x: string
  /** The flag set that the key may sign for. */
  readonly aud: string
  /** First and last epoch that the key may sign, Unix ms. */
  readonly from: number
  readonly until: number
}

/** Pins ready for look-up by a head's header segment. */
export interface PinSet {
  /** The pin of this header, preferring the one for the audience; undefined if no pin has this header. */
  find(header: string, aud: string): FlagPin | undefined
  /** The pin's public key. Rejects if the platform refuses it. */
  keyOf(pin: FlagPin): Promise<WebKey>
}

/**
 * Reads the pins of a configuration variable: a JSON array of `{kid, x, aud, from, until}`. Throws
 * `pins_invalid`.
 */
export function parseFlagPins(json: string): readonly FlagPin[] {
  const pins = parseArray(json)
  if (pins?.every(isPin)) return pins
  throw new FlagsError(
    'pins_invalid',
    'The pins have the wrong form: write a JSON array of {kid, x, aud, from, until}, x as in the public JWK, times as Unix ms',
  )
}

/** Checks pins and prepares them. Throws `pins_invalid`. */
export function preparePins(pins: readonly FlagPin[]): PinSet {
  const byHeader = new Map<string, FlagPin[]>()
  for (const pin of pins) {
    const same = byHeader.get(headerSegment(pin.kid)) ?? []
    if (!isPin(pin) || same.some((other) => other.aud === pin.aud))
      throw new FlagsError(
        'pins_invalid',
        `The pin "${pin.kid}" has the wrong form or is listed twice for ${pin.aud}`,
      )
    byHeader.set(headerSegment(pin.kid), [...same, pin])
  }
  const keys = new Map<string, WebKey>()
  return {
    find(header, aud) {
      const found = byHeader.get(header)
      return found?.find((pin) => pin.aud === aud) ?? found?.[0]
    },
    async keyOf(pin) {
      const key = keys.get(pin.x) ?? (await importPublic(pin.x))
      keys.set(pin.x, key)
      return key
    },
  }
}

async function importPublic(x: string): Promise<WebKey> {
  return crypto.subtle.importKey('raw', decodeE64(x) ?? new Uint8Array(), { name: 'Ed25519' }, false, [
    'verify',
  ])
}

function parseArray(json: string): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(json)
    return Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

function isPin(value: unknown): value is FlagPin {
  if (typeof value !== 'object' || value === null) return false
  const { kid, x, aud, from, until } = value as Readonly<Partial<Record<keyof FlagPin, unknown>>>
  return (
    typeof kid === 'string' &&
    isKid(kid) &&
    typeof x === 'string' &&
    decodeE64(x)?.length === HASH_BYTES &&
    typeof aud === 'string' &&
    Number.isSafeInteger(from) &&
    Number.isSafeInteger(until)
  )
}
