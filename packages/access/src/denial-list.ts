/** The denial list as a product holds it: pulled from the catalog, checked, and kept while the catalog is away. */
import { compactVerify } from 'jose'
import type { AccessClaims } from './claims.ts'
import { denialsPath, denialsSchema, denialsTyp, type Denials } from './denials.ts'
import { fetchText, type Fetch } from './fetch-text.ts'
import type { KeySet } from './key-set.ts'
import { singleFlight } from './single-flight.ts'

/** A revocation is in force within a minute: half of it for the age of the list, the rest for a pull that fails. */
const longestPullMs = 30_000
/** Doubled with each failure: while the catalog hangs, a request waits for it seldom. */
const retryAfterMs = 5_000
/** An older list leaves too much open for data about people. */
const currentForMs = 5 * 60_000
/** How far the catalog's clock may be ahead of ours: a list from the far future would make all later ones rollbacks. */
const maxAheadMs = 60_000
/** 20,000 entries, base64url. */
const maxBytes = 2_000_000

/** What the catalog took back, as far as this isolate knows. */
export interface DenialList {
  /** Pulls the list if the one that is held is older than `pullAfterMs`, and waits for it. Never rejects. */
  readonly refresh: () => Promise<void>
  /** Whether the grant of a token, or a key that bought it, was taken back. */
  readonly denies: (claims: AccessClaims) => boolean
  /** False without a list that the catalog signed in the last five minutes. */
  readonly isCurrent: () => boolean
}

/** Options of {@link createDenialList}. */
export interface DenialListOptions {
  readonly issuer: string
  readonly fetch: Fetch
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly timeoutMs: number
  readonly keyOf: KeySet
  /** Default, and at most, 30,000. */
  readonly pullAfterMs?: number | undefined
}

interface Held {
  readonly signedAtMs: number
  /** Versions by grant: older ones are denied. */
  readonly below: ReadonlyMap<string, number>
  readonly keys: ReadonlySet<string>
  /** Seconds since 1970: tokens issued before are denied. */
  readonly before: number
}

/** Holds the newest list of `<issuer>/.well-known/meshloop-denials`; the first is pulled with the first `refresh`. */
export function createDenialList({
  issuer,
  fetch,
  now,
  timeoutMs,
  keyOf,
  pullAfterMs = longestPullMs,
}: DenialListOptions): DenialList {
  let held: Held | undefined
  let dueAt = -Infinity
  let failures = 0
  const pull = singleFlight(load, { timeoutMs, now })

  return {
    async refresh() {
      if (now() >= dueAt) await pull()
    },
    denies: (claims) => held !== undefined && isDenied(claims, held),
    isCurrent: () => held !== undefined && now() - held.signedAtMs <= currentForMs,
  }

  async function load(): Promise<void> {
    const startedAt = now()
    try {
      const headers = { accept: 'application/jose' }
      const { text } = await fetchText(`${issuer}${denialsPath}`, { fetch, timeoutMs, maxBytes, headers })
      held = newest(held, await signedList(text.trim(), keyOf), { issuer, now })
      dueAt = startedAt + Math.min(pullAfterMs, longestPullMs)
      failures = 0
    } catch {
      // Whatever was wrong, the list that is held goes on; its age tells.
      dueAt = now() + Math.min(retryAfterMs * 2 ** failures, longestPullMs)
      failures++
    }
  }
}

const isDenied = ({ iat, grant, keys = [] }: AccessClaims, list: Held): boolean =>
  iat < list.before ||
  (grant !== undefined && grant.version < (list.below.get(grant.id) ?? 0)) ||
  keys.some((key) => list.keys.has(key))

async function signedList(text: string, keyOf: KeySet): Promise<Denials> {
  const { payload, protectedHeader } = await compactVerify(
    text,
    async ({ kid }) => {
      const key = kid === undefined ? undefined : await keyOf(kid, denialsTyp)
      if (!key) throw new TypeError('signed with no key for denial lists')
      return key
    },
    { algorithms: ['Ed25519'] },
  )
  if (protectedHeader.typ !== denialsTyp) throw new TypeError('no denial list')
  return denialsSchema.parse(JSON.parse(new TextDecoder().decode(payload)))
}

/** The list as it is held, if it may take the place of the one that was. */
function newest(
  previous: Held | undefined,
  { iss, iat, exp, grants, keys, before = 0 }: Denials,
  { issuer, now }: Pick<DenialListOptions, 'issuer' | 'now'>,
): Held {
  const signedAtMs = iat * 1000
  if (iss !== issuer) throw new TypeError('the list of another issuer')
  if (exp * 1000 <= now()) throw new TypeError('a list that has ended')
  if (signedAtMs > now() + maxAheadMs) throw new TypeError('a list from the future')
  if (previous && signedAtMs < previous.signedAtMs)
    throw new TypeError('a list from before the one that is held')
  return {
    signedAtMs,
    below: new Map(grants.map(({ id, below }) => [id, below])),
    keys: new Set(keys),
    before,
  }
}
