/** Checking the types of a head's payload (step 4 of reading). */
import type { HeadClaims, PrevClaims } from './claims.ts'
import type { JsonValue } from './entry.ts'
import { MAX_BITS, MIN_BITS } from './limits.ts'

/** The claims in a payload, unknown members left out, frozen; null if one has the wrong type. */
export function parseClaims(json: string): HeadClaims | null {
  try {
    const claims: unknown = JSON.parse(json)
    return isClaims(claims) ? pick(claims) : null
  } catch {
    return null
  }
}

/** The same claims as plain JSON, for signing. */
export function claimsToJson(claims: HeadClaims): JsonValue {
  // Claims are JSON by their types; only the optional members keep TypeScript from seeing it.
  return pick(claims) as unknown as JsonValue
}

type Members = Readonly<Record<string, unknown>>

function isClaims(value: unknown): value is HeadClaims {
  return (
    isObject(value) &&
    value['v'] === 1 &&
    isText(value['aud']) &&
    isTime(value['epoch']) &&
    isTime(value['fresh_until']) &&
    isTime(value['expires']) &&
    isCount(value['bits']) &&
    value['bits'] >= MIN_BITS &&
    value['bits'] <= MAX_BITS &&
    isText(value['sid']) &&
    isCount(value['count']) &&
    isText(value['root']) &&
    hasTexts(value['contract'], ['id', 'version', 'hash']) &&
    (value['model'] === undefined || hasTexts(value['model'], ['id', 'sha256'])) &&
    isWatermark(value['watermark']) &&
    isObject(value['watermarks']) &&
    Object.values(value['watermarks']).every(isWatermark) &&
    isCount(value['lag_ms']) &&
    isGate(value['gate']) &&
    (value['prev'] === undefined || isPrev(value['prev']))
  )
}

function isGate(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value['open'] === 'boolean' &&
    Array.isArray(value['breaches']) &&
    value['breaches'].every(
      (breach: unknown) =>
        hasTexts(breach, ['product', 'rule']) && isObject(breach) && isTime(breach['since']),
    )
  )
}

function isPrev(value: unknown): boolean {
  return (
    isObject(value) &&
    isTime(value['epoch']) &&
    isTime(value['fresh_until']) &&
    isWatermark(value['watermark']) &&
    typeof value['gate_open'] === 'boolean'
  )
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  return isObject(value) && names.every((name) => isText(value[name]))
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

const isTime = isCount

function isWatermark(value: unknown): boolean {
  return value === null || isTime(value)
}

function pick(claims: HeadClaims): HeadClaims {
  const { v, aud, epoch, fresh_until, expires, bits, sid, count, root, watermark, lag_ms } = claims
  const { contract, model, watermarks, gate, prev } = claims
  const plain = { v, aud, epoch, fresh_until, expires, bits, sid, count, root, watermark, lag_ms }
  return Object.freeze({
    ...plain,
    contract: Object.freeze({ id: contract.id, version: contract.version, hash: contract.hash }),
    ...(model ? { model: Object.freeze({ id: model.id, sha256: model.sha256 }) } : {}),
    watermarks: Object.freeze({ ...watermarks }),
    gate: Object.freeze({
      open: gate.open,
      breaches: Object.freeze(
        gate.breaches.map(({ product, rule, since }) => Object.freeze({ product, rule, since })),
      ),
    }),
    ...(prev ? { prev: pickPrev(prev) } : {}),
  })
}

function pickPrev({ epoch, fresh_until, watermark, gate_open }: PrevClaims): PrevClaims {
  return Object.freeze({ epoch, fresh_until, watermark, gate_open })
}
