/** Names: the audience of a flag set, and its keys in KV. */
import { sha256, type Bytes } from './bytes.ts'
import { encodeE64 } from './e64.ts'
import { FlagsError } from './errors.ts'

const AUDIENCE = /^[\w.-]+\/[\w.-]+\/v[1-9]\d*\/[\w.-]+$/
const MAX_AUDIENCE_LENGTH = 200

/**
 * Refuses anything but `<environment>/<product>/v<major>/<flag set>`, at most 200 characters (a KV key has 512
 * bytes). Throws `aud_invalid`.
 */
export function checkAud(aud: string): void {
  if (AUDIENCE.test(aud) && aud.length <= MAX_AUDIENCE_LENGTH) return
  throw new FlagsError(
    'aud_invalid',
    `"${aud}" names no flag set: write <environment>/<product>/v<major>/<flag set>, e.g. prod/risk.fraud/v1/checkout`,
  )
}

/** KV key of the head of a flag set. */
export function headKey(aud: string): string {
  return `mf1/${aud}/head`
}

/** KV key of a page, by its name. */
export function pageKey(aud: string, name: string): string {
  return `mf1/${aud}/p/${name}`
}

/** The name of a page: e64 of the SHA-256 of its value. Pages are immutable, since another value has another name. */
export async function pageName(value: Bytes): Promise<string> {
  return encodeE64(await sha256(value))
}
