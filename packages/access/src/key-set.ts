/** The issuer's public keys: fetched, kept, and kept long enough that products verify while the catalog is away. */
import { importJWK, type CryptoKey } from 'jose'
import * as z from 'zod'
import { AccessError } from './access-error.ts'
import type { auditTyp } from './audit.ts'
import type { denialsTyp } from './denials.ts'
import { fetchJson, type Fetch } from './fetch-json.ts'
import { singleFlight } from './single-flight.ts'

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
  /** The one `typ` of what it signs. */
  typ: z.string().default('at+jwt'),
})
const jwksSchema = z.object({ keys: z.array(z.unknown()).max(100) })

/** What the issuer signs for others, as the header's `typ` says it; each has keys of its own. */
export type SignedTyp = 'at+jwt' | typeof denialsTyp | typeof auditTyp

/** Finds the issuer's key named `kid` that signs such things; undefined if there is none. Throws `issuer_unavailable`. */
export type KeySet = (kid: string, typ: SignedTyp) => Promise<CryptoKey | undefined>

/** Options of {@link createKeySet}. */
export interface KeySetOptions {
  readonly issuer: string
  readonly fetch: Fetch
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly timeoutMs: number
}

interface Held {
  /** By `typ` and `kid`. */
  readonly keys: ReadonlyMap<string, CryptoKey>
  readonly fetchedAt: number
}

/** Keys of `<issuer>/.well-known/jwks.json`. A flood of unknown kids costs one fetch each 30 s. */
export function createKeySet({ issuer, fetch, now, timeoutMs }: KeySetOptions): KeySet {
  let held: Held | undefined
  let dueAt = -Infinity
  let failed = false
  const refetch = singleFlight(load, { timeoutMs, now })

  return async (kid, typ) => {
    const name = `${typ} ${kid}`
    const key = held?.keys.get(name)
    if (key && age() < freshForMs) return key
    if (now() >= dueAt) await refetch()
    if (!held || age() >= staleForMs) throw unavailable(issuer)
    const found = held.keys.get(name)
    // A key that we could not look up is not a key that does not exist.
    if (!found && failed) throw unavailable(issuer)
    return found
  }

  function age(): number {
    return held ? now() - held.fetchedAt : Infinity
  }

  async function load(): Promise<void> {
    const startedAt = now()
    try {
      const document = await fetchJson(`${issuer}/.well-known/jwks.json`, { fetch, timeoutMs, maxBytes })
      held = { keys: await importKeys(document), fetchedAt: now() }
      failed = false
    } catch {
      failed = true
    }
    dueAt = startedAt + (held ? pauseMs : emptyPauseMs)
  }
}

async function importKeys(document: unknown): Promise<ReadonlyMap<string, CryptoKey>> {
  const keys = new Map<string, CryptoKey>()
  for (const candidate of jwksSchema.parse(document).keys) {
    const jwk = publicKeySchema.safeParse(candidate)
    // Keys of other kinds may stand beside ours.
    if (!jwk.success) continue
    const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', x: jwk.data.x }, 'Ed25519')
    if (!(key instanceof Uint8Array)) keys.set(`${jwk.data.typ} ${jwk.data.kid}`, key)
  }
  return keys
}

function unavailable(issuer: string): AccessError {
  return new AccessError(
    'issuer_unavailable',
    `The keys of ${issuer} could not be fetched, so the token cannot be judged. Try again in a few seconds.`,
  )
}
