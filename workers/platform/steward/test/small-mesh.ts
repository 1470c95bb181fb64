/**
 * A small mesh in one isolate: a product, one that is derived from it and publishes flags, a catalog that knows both, and
 * the steward. The products are real Workers on real D1; only the network between them is replaced.
 */
import { parsePrivateJwk, signAccessToken } from '@meshloop/access/issue'
import { wholeView } from '@meshloop/access/claims'
import { contractHash, defineProduct, id, int, time, type Contract, type Row } from '@meshloop/contract'
import { createFlagReader } from '@meshloop/flags/read'
import { derive, input, serve, type ProductEnv, type ProductWorker } from '@meshloop/product'
import { migration } from '@meshloop/product/migrate'
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import { keepWorld } from '../world.ts'
import type { StewardEnv } from '../env.ts'

interface TestEnv extends StewardEnv {
  readonly ORDERS: D1Database
  readonly RISK: D1Database
  readonly RISK_KEY: string
  readonly FLAGS_KEY: string
  readonly NEXT_FLAGS_KEY: string
  readonly FLAGS_SECRET: string
  readonly MIGRATIONS: readonly { readonly queries: readonly string[] }[]
  readonly TEST_ISSUER_KEY: string
}

/** What vitest.config.ts and wrangler.toml bind, with the addresses of this mesh. */
export const bindings = { ...(env as unknown as TestEnv), ISSUER: 'https://mesh.test' }

const about = {
  version: '1.0.0',
  title: 'T',
  purpose: 'p',
  owner: { team: 't', support: 's@t.example' },
} as const
const orders = defineProduct({
  ...about,
  id: 'shop.orders',
  freshness: 'PT5M',
  fields: {
    order_id: id('Order'),
    who: id('Customer'),
    at: time('When'),
    cents: int('Amount'),
    note: id('What nothing is derived from', { nullable: true }),
  },
  key: ['order_id'],
  eventTime: 'at',
  quality: {
    small: {
      means: 'Hardly anybody orders that much',
      severity: 'warning',
      holds: [{ field: 'cents', is: 'lt', value: 5_000 }],
    },
  },
})
const scores = defineProduct({
  ...about,
  id: 'risk.scores',
  freshness: 'PT10M',
  fields: { who: id('Customer'), at: time('Last order'), largest: int('Largest order') },
  key: ['who'],
  eventTime: 'at',
  inputs: [{ product: 'shop.orders', major: 1 }],
  quality: {
    positive: { means: 'Nobody orders for nothing', holds: [{ field: 'largest', is: 'gt', value: 0 }] },
    usual: { means: 'As many customers as usual', rows: true, bound: { lt: 3 } },
  },
  flags: { set: 'checkout', subject: 'who' },
  reintegration: { decided_by: 'a', why: 'b', risk: 'c', review_by: '2027-01-01' },
})
const derivation = derive({
  out: scores,
  key: ['who'],
  inputs: { orders: input(orders, { by: ['who'], fields: ['at', 'cents'], last: 100 }) },
  build: ({ who }, rows): Row<typeof scores> | undefined => {
    const last = rows.orders.at(-1)
    return last && { who, at: last.at, largest: Math.max(...rows.orders.map(({ cents }) => cents)) }
  },
})

/** The name of the flag set. */
export const AUD = 'test/risk.scores/v1/checkout'
const START = Date.UTC(2026, 10, 20, 12)
const FOREVER = Date.UTC(9999, 0)

/** A product as the catalog lists it. */
interface Listed {
  readonly contract: Contract
  readonly worker: ProductWorker
  readonly env: ProductEnv
}

/** See `createSmallMesh`. */
export type SmallMesh = Awaited<ReturnType<typeof createSmallMesh>>

/** Sets it up with empty databases and an empty namespace, and a clock for all that only tests move. */
export async function createSmallMesh() {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  const issuerKey = parsePrivateJwk(bindings.TEST_ISSUER_KEY, 'TEST_ISSUER_KEY')
  const now = () => Date.now()
  /** Base URLs that do not answer; `catalog` for the list of products. */
  const away = new Set<string>()
  const calls: string[] = []
  /** Hashes of contracts that the catalog has instead of those that are served. */
  const registered = new Map<string, string>()
  const common = { ISSUER: bindings.ISSUER }
  const risk = (flagsKey: string): Listed => ({
    contract: scores,
    worker: serve({ derivation, flags: { entry: ({ largest }) => ({ largest: Number(largest) }) } }),
    env: {
      ...common,
      DB: bindings.RISK,
      BASE_URL: `${bindings.ISSUER}/risk/scores/v1`,
      CLIENT_KEY: bindings.RISK_KEY,
      ENVIRONMENT: 'test',
      FLAGS_KEY: flagsKey,
      FLAGS_SECRET: bindings.FLAGS_SECRET,
    },
  })
  const products: Listed[] = [
    risk(bindings.FLAGS_KEY),
    {
      contract: orders,
      worker: serve({ contract: orders }),
      env: {
        ...common,
        DB: bindings.ORDERS,
        BASE_URL: `${bindings.ISSUER}/shop/orders/v1`,
        SOURCES: '{"till":{"over":"http"}}',
      },
    },
  ]
  await empty(
    bindings.DB,
    bindings.MIGRATIONS.flatMap(({ queries }) => queries),
  )
  for (const { worker, env: own } of products) await empty(own.DB, migration(worker.tables, []))
  for (const { name } of (await bindings.FLAGS.list()).keys) await bindings.FLAGS.delete(name)

  const tokenFor = (audience: string, scope: string): Promise<string> => {
    const product = products.find(({ env: own }) => own.BASE_URL === audience)
    if (!product) throw new Error(`no product at ${audience}`)
    const at = Math.floor(Date.now() / 1_000)
    return signAccessToken(issuerKey, {
      iss: bindings.ISSUER,
      aud: audience,
      sub: 'test.client',
      client_id: 'test.client',
      jti: crypto.randomUUID(),
      iat: at,
      exp: at + 600,
      scope,
      product: product.contract.id,
      major: 1,
      ...(scope === 'read' ? { grant: { id: 'g', version: 1 }, view: wholeView } : {}),
      ...(scope === 'ingest' ? { source: 'till' } : {}),
    })
  }

  const listed = async ({ contract, env: own }: Listed) => ({
    id: contract.id,
    major: 1,
    url: own.BASE_URL,
    freshness: contract.freshness,
    inputs: contract.inputs ?? [],
    flags: contract.flags?.set ?? null,
    gate: contract.gate ?? ['freshness', 'drift', 'quality'],
    contract_hash: registered.get(contract.id) ?? (await contractHash(contract)),
  })

  /** Everything that leaves a Worker. */
  async function internet(url: string, init: RequestInit = {}): Promise<Response> {
    const { pathname } = new URL(url)
    calls.push(`${init.method ?? 'GET'} ${pathname}`)
    if (pathname === '/products.json')
      return away.has('catalog')
        ? new Response('', { status: 503 })
        : Response.json({ products: await Promise.all(products.map(listed)) })
    if (pathname.startsWith('/products/')) {
      const found = products.find(({ contract }) => pathname === `/products/${contract.id}.json`)
      return found ? Response.json(await listed(found)) : new Response('', { status: 404 })
    }
    if (pathname === '/oauth/token') {
      const form = new URLSearchParams(init.body as string)
      const access_token = await tokenFor(form.get('resource') ?? '', form.get('scope') ?? '')
      return Response.json({ access_token, token_type: 'Bearer', expires_in: 600 })
    }
    if (pathname === '/.well-known/jwks.json') {
      const { d: _d, ...publicJwk } = issuerKey
      return Response.json({ keys: [{ ...publicJwk, alg: 'Ed25519' }] })
    }
    const found = products.find(({ env: own }) => url.startsWith(own.BASE_URL))
    if (!found || away.has(found.contract.id)) return new Response('', { status: 503 })
    const work: Promise<unknown>[] = []
    const context = { waitUntil: (promise: Promise<unknown>) => void work.push(promise) }
    const answer = await found.worker.fetch(
      new Request(url, init),
      { ...found.env },
      context as unknown as ExecutionContext,
    )
    await Promise.all(work) // in a test nothing goes on after the answer
    return answer
  }
  vi.stubGlobal('fetch', (request: string | URL | Request, init?: RequestInit) =>
    internet(request instanceof Request ? request.url : String(request), init),
  )

  const worldOf = keepWorld(internet, now)
  return {
    now,
    minutesPass: (minutes: number) => void vi.setSystemTime(Date.now() + minutes * 60_000),
    /** Deploys the derived product with its next key. */
    rotateFlagsKey: () => void products.splice(0, 1, risk(bindings.NEXT_FLAGS_KEY)),
    away,
    registered,
    calls,
    products,
    world: (changes: Partial<StewardEnv> = {}) => worldOf({ ...bindings, ...changes }),
    /** Sends orders, and says that there are no others up to `ageMs` ago. */
    async send(rows: readonly object[], ageMs = 0) {
      const base = `${bindings.ISSUER}/shop/orders/v1`
      const response = await internet(`${base}/ingest`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await tokenFor(base, 'ingest')}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ rows, complete_up_to: new Date(Date.now() - ageMs).toISOString() }),
      })
      if (!response.ok) throw new Error(await response.text())
    },
    /** What a product tells whoever checks it. */
    async ask(base: string, path: string): Promise<unknown> {
      const headers = { authorization: `Bearer ${await tokenFor(base, 'check')}` }
      return (await internet(`${base}${path}`, { headers })).json()
    },
    /** A cold reader's answer. */
    read: (who: string) =>
      createFlagReader({
        kv: bindings.FLAGS,
        aud: AUD,
        pins: [bindings.FLAGS_KEY, bindings.NEXT_FLAGS_KEY].map((key) => ({
          ...publicHalf(key),
          aud: AUD,
          from: 0,
          until: FOREVER,
        })),
        secrets: [bindings.FLAGS_SECRET],
        now,
        getTimeoutMs: 20_000,
      }).read(who),
  }
}

/** An order. */
export const order = (n: number, who: string, cents: number) => ({
  order_id: `o${n}`,
  who,
  at: new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString(),
  cents,
})

function publicHalf(jwk: string): { kid: string; x: string } {
  const { kid, x } = JSON.parse(jwk) as { kid: string; x: string }
  return { kid, x }
}

async function empty(db: D1Database, statements: readonly string[]): Promise<void> {
  const { results } = await db
    .prepare(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`,
    )
    .all<{ name: string }>()
  await db.batch(
    [...results.map(({ name }) => `DROP TABLE "${name}"`), ...statements].map((sql) => db.prepare(sql)),
  )
}
