/** A product on the test bench: the real Worker on its real database, with tokens and signed batches for any role. */
import { signBatch, type Batch } from '@meshloop/access/batch'
import { wholeView, type AccessClaims, type Scope, type View } from '@meshloop/access/claims'
import { generatePrivateJwk, parsePrivateJwk, signAccessToken, type PrivateJwk } from '@meshloop/access/issue'
import { majorOf, type Contract } from '@meshloop/contract'
import { env } from 'cloudflare:workers'
import type { ProductEnv } from '../env.ts'
import type { ProductWorker } from '../serve.ts'
import { withinLimits } from './d1-limits.ts'
import { apply, dropAll, type Migration } from './migrations.ts'

/** Bindings of a test run, as tools/vitest-workers.ts makes them. */
interface TestEnv {
  readonly DB: D1Database
  /** None where the runtime itself is tested. */
  readonly MIGRATIONS?: readonly Migration[]
  readonly TEST_ISSUER_KEY: string
}

/** The source that sends over HTTP. */
const HTTP = 'over-http'
/** The source that sends signed batches over the queue. */
export const QUEUE = 'over-queue'
/** The source that loads history and says nothing about completeness. */
export const BACKFILL = 'history'

/** A product that is set up, and the ways to call it. */
export interface Bench {
  readonly env: ProductEnv
  readonly worker: ProductWorker
  /** Empties the database, as a new deployment finds it, or one of its first so many migrations. */
  readonly empty: (migrations?: number) => Promise<void>
  /** Applies the migrations after the first so many. */
  readonly migrate: (after: number) => Promise<void>
  /** How many migrations the product has. */
  readonly migrations: number
  /** A token; what is not given is that of a consumer who may read everything. */
  readonly token: (scope: Scope, more?: Partial<AccessClaims>) => Promise<string>
  /** Calls the product; `path` is below its base URL. Reads with a whole view unless `init` has an authorization. */
  readonly call: (path: string, init?: RequestInit) => Promise<Response>
  /** Calls and expects JSON with status 200. */
  readonly json: <T = Record<string, unknown>>(path: string, init?: RequestInit) => Promise<T>
  readonly send: (
    rows: readonly unknown[],
    more?: { source?: string; completeUpTo?: string },
  ) => Promise<Response>
  /** A signed message of the queue source. */
  readonly message: (batch: Partial<Batch> & Pick<Batch, 'n'>) => Promise<string>
  /** Delivers messages to the queue consumer; tells which were acknowledged. */
  readonly deliver: (messages: readonly unknown[], queue?: string) => Promise<boolean[]>
}

/** Sets a product up, or one of its older majors: then `newest` is the contract whose records it reads. Call it in `beforeAll`. */
export async function setUp(
  worker: ProductWorker,
  contract: Contract,
  sources?: readonly string[],
  newest: Contract = contract,
  trustMs = '0',
): Promise<Bench> {
  const { DB, MIGRATIONS = [], TEST_ISSUER_KEY } = env as unknown as TestEnv // what the vitest configuration binds
  const issuerKey = parsePrivateJwk(TEST_ISSUER_KEY, 'TEST_ISSUER_KEY')
  const queueKey = await generatePrivateJwk('queue-key')
  const baseOf = (of: Contract) => `https://data.test/${of.id.replace('.', '/')}/v${majorOf(of)}`
  const base = baseOf(contract)
  const productEnv: ProductEnv = {
    ...env,
    DB: withinLimits(DB),
    ISSUER: 'https://catalog.test',
    BASE_URL: baseOf(newest),
    // One consumer asks all the questions of a test.
    REQUESTS_PER_MINUTE: '999999999',
    // Tests write to the database directly too, and expect to see it.
    TRUST_MS: trustMs,
    SOURCES: sourcesJson(queueKey, sources ?? [HTTP, QUEUE, BACKFILL]),
  }
  const token = (scope: Scope, more: Partial<AccessClaims> = {}) =>
    signAccessToken(issuerKey, { ...claimsOf(contract, base, scope), ...more })
  const call = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers)
    if (!headers.has('authorization')) headers.set('authorization', `Bearer ${await token('read')}`)
    const work: Promise<unknown>[] = []
    const context = {
      waitUntil: (promise: Promise<unknown>) => void work.push(promise),
      passThroughOnException: () => undefined,
      props: {},
    }
    const response = await worker.fetch(
      new Request(`${base}${path}`, { ...init, headers }),
      productEnv,
      context as unknown as ExecutionContext,
    )
    const body = response.body === null ? null : await response.arrayBuffer()
    await Promise.all(work) // in a test nothing goes on after the answer
    return new Response(body, response)
  }
  return {
    env: productEnv,
    worker,
    token,
    call,
    migrations: MIGRATIONS.length,
    empty: async (migrations = MIGRATIONS.length) => {
      await dropAll(DB)
      await apply(DB, MIGRATIONS.slice(0, migrations))
    },
    migrate: async (after) => apply(DB, MIGRATIONS.slice(after)),
    async json(path, init) {
      const response = await call(path, init)
      if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`)
      return response.json()
    },
    send: async (rows, { source = HTTP, completeUpTo } = {}) =>
      call('/ingest', {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await token('ingest', { source })}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({
          rows,
          ...(completeUpTo === undefined ? {} : { complete_up_to: completeUpTo }),
        }),
      }),
    message: (batch) => signBatch(queueKey, { ...emptyBatch(contract), ...batch }),
    async deliver(bodies, queue = `${contract.id.replace('.', '-')}-ingest`) {
      const done = bodies.map(() => false)
      const messages = bodies.map((body, i) => ({
        body,
        ack: () => void (done[i] = true),
        attempts: 1,
        retry: () => undefined,
      }))
      await worker.queue({ queue, messages } as unknown as MessageBatch, productEnv)
      return done
    },
  }
}

const sourcesJson = ({ kid, x }: PrivateJwk, names: readonly string[]): string => {
  const all = {
    [HTTP]: { over: 'http' },
    [QUEUE]: { over: 'queue', keys: [{ kid, x }] },
    [BACKFILL]: { over: 'http', backfill: true },
  }
  return JSON.stringify(Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name))))
}

function claimsOf(contract: Contract, base: string, scope: Scope): AccessClaims {
  const now = Math.floor(Date.now() / 1000)
  return {
    iss: 'https://catalog.test',
    aud: base,
    sub: 'test.consumer',
    client_id: 'test.consumer',
    jti: crypto.randomUUID(),
    iat: now,
    exp: now + 600,
    scope,
    product: contract.id,
    major: majorOf(contract),
    ...(scope === 'read' || scope === 'aggregate'
      ? { grant: { id: 'grant-1', version: 1 }, view: wholeView satisfies View }
      : {}),
    ...(scope === 'ingest' ? { source: HTTP } : {}),
  }
}

const emptyBatch = (contract: Contract): Omit<Batch, 'n'> => ({
  aud: `${contract.id}/v${majorOf(contract)}`,
  source: QUEUE,
  sent_at: new Date().toISOString(),
  complete_up_to: null,
  rows: [],
})
