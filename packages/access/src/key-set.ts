/** The issuer's public keys: fetched, kept, and kept long enough that products verify while the catalog is away. */
import { importJWK, type CryptoKey } from 'jose'
import * as z from 'zod'
import { AccessError } from './access-error.ts'
import { fetchJson, type Fetch } from './fetch-json.ts'

/** Refetched after this; older keys still verify until {@link staleForMs}. */
const freshForMs = 10 * 60_000
/** Keys of a catalog that is away still verify tokens that were already sold. */
const staleForMs = 24 * 3_600_000
/** Pause between two fetches that nobody but the caller's `kid` asks for. */
const pauseMs = 30_000
/** Pause after a failed fetch while we hold no key at all. */
const emptyPauseMs = 1_000
const maxBytes = 64 * 1024

const publicKeySchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  kid: z.string().min(1),
  alg: z.enum(['Ed25519', 'EdDSA']).optional(),
  use: z.literal('sig').optional(),
})
const jwksSchema = z.object({ keys: z.array(z.unknown()).max(100) })

/** Finds the issuer's key named `kid`; undefined if the issuer does not have it. Throws `issuer_unavailable`. */
export type KeySet = (kid: string) => Promise<CryptoKey | undefined>

/** Options of {@link createKeySet}. */
export interface KeySetOptions {
  readonly issuer: string
  readonly fetch: Fetch
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly timeoutMs: number
}

interface Held {
  readonly keys: ReadonlyMap<string, CryptoKey>
  readonly fetchedAt: number
}

/** Keys of `<issuer>/.well-known/jwks.json`. A flood of unknown kids costs one fetch each 30 s. */
export function createKeySet({ issuer, fetch, now, timeoutMs }: KeySetOptions): KeySet {
  let held: Held | undefined
  let attemptedAt = -Infinity
  let failed = false
  let running: Promise<void> | undefined

  return async (kid) => {
    const key = held?.keys.get(kid)
    if (key && age() < freshForMs) return key
    if (running) await inTime(running, timeoutMs)
    else if (now() - attemptedAt >= (held ? pauseMs : emptyPauseMs)) await refetch()
    if (!held || age() >= staleForMs) throw unavailable(issuer)
    const found = held.keys.get(kid)
    // A key that we could not look up is not a key that does not exist.
    if (!found && failed) throw unavailable(issuer)
    return found
  }

  function age(): number {
    return held ? now() - held.fetchedAt : Infinity
  }

  async function refetch(): Promise<void> {
    attemptedAt = now()
    running = load()
    try {
      await running
    } finally {
      running = undefined
    }
  }

  async function load(): Promise<void> {
    try {
      const document = await fetchJson(`${issuer}/.well-known/jwks.json`, { fetch, timeoutMs, maxBytes })
      held = { keys: await importKeys(document), fetchedAt: now() }
      failed = false
    } catch {
      failed = true
    }
  }
}

async function importKeys(document: unknown): Promise<ReadonlyMap<string, CryptoKey>> {
  const keys = new Map<string, CryptoKey>()
  for (const candidate of jwksSchema.parse(document).keys) {
    const jwk = publicKeySchema.safeParse(candidate)
    // Keys of other kinds may stand beside ours: they are not for access tokens.
    if (!jwk.success) continue
    const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', x: jwk.data.x }, 'Ed25519')
    if (!(key instanceof Uint8Array)) keys.set(jwk.data.kid, key)
  }
  return keys
}

/**
 * Waits for another request's fetch, but with a timer of our own: workerd drops the promises of a request whose
 * caller has gone, and then nobody would ever wake us.
 */
async function inTime(running: Promise<void>, timeoutMs: number): Promise<void> {
  const limit = Promise.withResolvers<void>()
  const timer = setTimeout(limit.resolve, timeoutMs)
  await Promise.race([running, limit.promise])
  clearTimeout(timer)
}

function unavailable(issuer: string): AccessError {
  return new AccessError(
    'issuer_unavailable',
    `The keys of ${issuer} could not be fetched, so the token cannot be judged. Try again in a few seconds.`,
  )
}
