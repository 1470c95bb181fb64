/** What a product's Worker is given, and what the runtime makes of it once per isolate. */
import { parseSources, type Sources } from '@meshloop/access/batch'
import { createVerifier, type Verifier } from '@meshloop/access/verify'
import { contractHash, type Contract } from '@meshloop/contract'
import { signingKey, type ExportKey } from './exports/signing-key.ts'
import { createDoor, type Door } from './ingest/door.ts'
import { judgeFor } from './ingest/judge.ts'
import type { Ingest } from './ingest/accept.ts'
import { cursorKeys, type CursorKeys } from './query/cursor.ts'
import type { Reader } from './query/page-query.ts'
import { readSecret } from './store/secret.ts'
import type { Fill } from './table/fill.ts'
import { createLocationCache, type LocationCache } from './memo/location-cache.ts'
import { createMemo, type Memo } from './memo/memo.ts'
import { answersKey } from './memo/sealed-answer.ts'
import { createAdmissions, type Admission, type Asking } from './quota/admission.ts'
import { createFailedTokens, type FailedTokens } from './quota/failed-tokens.ts'
import { createUsageCounter, type UsageCounter } from './usage/counter.ts'
import { statisticsOf } from './plan/statistics.ts'
import { ownRecords, projectedRecords } from './query/stored.ts'
import { olderBaseUrl } from './http/base-path.ts'

/** Bindings, variables and secrets of every product's Worker. */
export interface ProductEnv {
  readonly DB: D1Database
  /** Bulk files; products whose contract declares exports have one. */
  readonly EXPORTS?: R2Bucket
  /** Base URL of the catalog, which issues tokens. */
  readonly ISSUER: string
  /** This product's own base URL with its newest major: the audience of its tokens. Older majors are at the same with theirs. */
  readonly BASE_URL: string
  /** Seconds after which the catalog is asked again what it took back, 0 to 30. Default 30. */
  readonly DENIALS_SECONDS?: string
  /** Milliseconds for which an isolate trusts the revision that it knows, 0 to 1000; 0 keeps no answers. Default 1000. */
  readonly TRUST_MS?: string
  /** Who may send, as JSON; derived products have none. */
  readonly SOURCES?: string
  /** Requests of one consumer a minute instead of the contract's `limits.requests`: for load tests. */
  readonly REQUESTS_PER_MINUTE?: string
  /** Rate limit that joins the isolates of one location; of `limits.requests` a minute or less. Default: each counts for itself. */
  readonly RATE?: RateLimit
  /** Analytics Engine data set: a data point a request. Default: the hours in the database alone. */
  readonly USAGE?: AnalyticsEngineDataset
  /** Derived products buy tokens for their inputs with it. */
  readonly CLIENT_KEY?: string
  /** Names this mesh in what is signed for it: `prod`, `local`. Products with flags have one. */
  readonly ENVIRONMENT?: string
  /** Private Ed25519 JWK that signs this product's flags. */
  readonly FLAGS_KEY?: string
  /** `<sid>.<32 bytes, base64url>`: encrypts this product's flags for their readers. */
  readonly FLAGS_SECRET?: string
}

/** A product at work: its contract, its storage and its guards. */
export interface Runtime {
  readonly contract: Contract
  readonly contractHash: string
  readonly env: ProductEnv
  /** Base URL of the newest major; of this one in `env`. */
  readonly newestUrl: string
  readonly reader: Reader
  /** Of all majors; read from the database at the first use. */
  readonly cursorKeys: () => Promise<CursorKeys>
  /** Signs manifests; read from the database at the first use. */
  readonly exportKey: () => Promise<ExportKey>
  /** Where what was written under an older major has values that have other names now. */
  readonly fills: readonly Fill[]
  readonly verifier: Verifier
  /** Of all majors. */
  readonly failedTokens: FailedTokens
  readonly sources: Sources
  readonly ingest: Ingest
  /** Through which every write of a source goes. */
  readonly door: Door
  /** Of all majors. */
  readonly usage: UsageCounter
  /** Counts a request of a verified consumer, and says whether it is one too many. Of all majors. */
  readonly admit: (asking: Asking) => Admission
  /** Answers that may be given again. Of all majors. */
  readonly memo: Memo
  /** Where dear answers are kept for the other isolates of a location. Of all majors. */
  readonly locationCache: LocationCache
  readonly now: () => number
}

/**
 * Makes the runtime.
 *
 * @throws {AccessError} `sources_invalid` when SOURCES cannot be read.
 */
export async function createRuntime(
  contract: Contract,
  env: ProductEnv,
  fills: readonly Fill[],
): Promise<Runtime> {
  const sources = parseSources(env.SOURCES ?? '{}')
  const now = (): number => Date.now()
  const usage = createUsageCounter(env.DB, now)
  const expected = contract.inputs
    ? contract.inputs.map(({ product }) => product)
    : Object.entries(sources).flatMap(([name, source]) => (source.backfill ? [] : [name]))
  return {
    contract,
    contractHash: await contractHash(contract),
    env,
    newestUrl: env.BASE_URL,
    reader: {
      db: env.DB,
      contract,
      expected,
      stored: ownRecords(contract),
      statistics: statisticsOf(env.DB, contract, now),
    },
    cursorKeys: keepKeys(env.DB, cursorKeys),
    exportKey: keepKeys(env.DB, signingKey),
    fills,
    verifier: verifierFor(env, now),
    failedTokens: createFailedTokens(now),
    sources,
    ingest: {
      db: env.DB,
      contract,
      judge: judgeFor(contract),
      sources,
      expected,
      now,
      newIncarnation: () => crypto.randomUUID(),
    },
    door: createDoor({ now, pause: async (ms) => scheduler.wait(ms) }),
    usage,
    memo: createMemo({ now, trustMs: trustMs(env.TRUST_MS) }),
    locationCache: createLocationCache({
      open: async () => caches.open('meshloop-answers'),
      sealingKey: keepKeys(env.DB, answersKey),
      baseUrl: env.BASE_URL,
      random: (bytes) => crypto.getRandomValues(bytes),
    }),
    admit: createAdmissions({
      db: env.DB,
      usage,
      now,
      rate: env.RATE,
      requests: positiveInteger(env.REQUESTS_PER_MINUTE),
    }),
    now,
  }
}

/** The runtime of an older major on the storage of the newest, whose tokens are for its own address. */
export async function olderRuntime(newest: Runtime, older: Contract): Promise<Runtime> {
  const env = { ...newest.env, BASE_URL: olderBaseUrl(older, newest.env.BASE_URL) }
  return {
    ...newest,
    contract: older,
    contractHash: await contractHash(older),
    env,
    reader: { ...newest.reader, contract: older, stored: projectedRecords(older, newest.contract) },
    verifier: newest.verifier.forAudience(env.BASE_URL),
  }
}

const verifierFor = ({ ISSUER, BASE_URL, DENIALS_SECONDS }: ProductEnv, now: () => number): Verifier =>
  createVerifier({
    issuer: ISSUER,
    audience: BASE_URL,
    fetch: (...call) => fetch(...call),
    now,
    pullAfterMs: pullAfterMs(DENIALS_SECONDS),
  })

/** What is no number of seconds counts as left out: nobody's typing error keeps a revocation from being seen. */
const pullAfterMs = (seconds: string | undefined): number | undefined =>
  seconds !== undefined && /^\d{1,2}$/.test(seconds) ? Number(seconds) * 1000 : undefined

/** What is no such number counts as left out. */
const trustMs = (ms: string | undefined): number | undefined =>
  ms !== undefined && /^(?:\d{1,3}|1000)$/.test(ms) ? Number(ms) : undefined

/** What is no such number counts as left out: nobody's typing error lifts a limit. */
const positiveInteger = (text: string | undefined): number | undefined =>
  text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined

/** What follows from the database's secret. Kept once it is there: workerd drops the promises of a request whose caller has gone. */
function keepKeys<K>(
  db: D1Database,
  keysOf: (secret: Uint8Array<ArrayBuffer>) => Promise<K>,
): () => Promise<K> {
  let kept: K | undefined
  return async () => (kept ??= await keysOf(await readSecret(db, (bytes) => crypto.getRandomValues(bytes))))
}
