/**
 * Two Workers on one database in one workerd: the product as it is deployed, and the same written by hand. Each has a port of
 * its own, so that nothing stands between it and who measures.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { wholeView, type Scope } from '@meshloop/access/claims'
import {
  createClientKey,
  generatePrivateJwk,
  jwksDocument,
  signAccessToken,
  signDenials,
} from '@meshloop/access/issue'
import type { Contract } from '@meshloop/contract'
import { createTable, tablesOf } from '@meshloop/product/migrate'
import { build } from 'esbuild'
import { convertV4MiniflareOptions, Miniflare, type V4MiniflareOptions } from 'miniflare'
import { orderOf, orders } from './orders.ts'

const issuer = 'https://catalog.bench'

/** The database as Miniflare hands it out. */
export type Database = Awaited<ReturnType<Miniflare['getD1Database']>>

/** The bucket as Miniflare hands it out. */
export type Bucket = Awaited<ReturnType<Miniflare['getR2Bucket']>>

/** A world that runs. */
export interface World {
  /** Base URL of the product, and of the one written by hand. */
  readonly product: string
  readonly bare: string
  /** A token for everything, good for an hour. */
  readonly token: (scope: Scope) => Promise<string>
  readonly db: Database
  readonly bucket: Bucket
  /** Runs the product's `scheduled` handler. */
  readonly scheduled: () => Promise<void>
  readonly end: () => Promise<void>
}

/** A product: its contract, and the file of this folder that serves it. */
export interface Served {
  readonly contract: Contract
  readonly file: string
  /** What the product finds in the mesh beside it. Default: nothing. */
  readonly mesh?: (url: URL) => Response | undefined
}

/** Measures in a world with so many orders, which ends however that goes. */
export async function inWorld<T>(
  rows: number,
  measure: (world: World) => Promise<T>,
  served?: Served,
): Promise<T> {
  const world = await openWorld(rows, served)
  try {
    return await measure(world)
  } finally {
    await world.end()
  }
}

/** Starts it with so many orders. */
export async function openWorld(
  rows: number,
  { contract, file, mesh }: Served = { contract: orders, file: 'product' },
): Promise<World> {
  const path = `/${contract.id.replace('.', '/')}/v1`
  const audience = `https://data.bench${path}`
  const folder = mkdtempSync(join(tmpdir(), 'meshloop-bench-'))
  const [tokenKey, denialsKey] = await Promise.all([generatePrivateJwk('t'), generatePrivateJwk('d')])
  const denials = (): Promise<string> => {
    const iat = Math.floor(Date.now() / 1000)
    return signDenials(denialsKey, { iss: issuer, iat, exp: iat + 600, grants: [], keys: [], audit: null })
  }
  const outboundService = async (request: Request): Promise<Response> =>
    request.url.endsWith('/meshloop-denials')
      ? new Response(await denials())
      : (mesh?.(new URL(request.url)) ?? Response.json(jwksDocument([tokenKey], denialsKey)))
  const workerOf = async (name: string) => ({
    name,
    modules: [{ type: 'ESModule', path: `${name}.js`, contents: await bundle(name) }],
    compatibilityDate: '2026-11-17',
    bindings: {
      ISSUER: issuer,
      BASE_URL: audience,
      SOURCES: '{"bench":{"over":"http"}}',
      REQUESTS_PER_MINUTE: '999999999',
      CLIENT_KEY: createClientKey('live', 'bench.reader', new Uint8Array(32)),
    },
    d1Databases: { DB: 'bench' },
    r2Buckets: { EXPORTS: 'bench' },
    outboundService,
    unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
  })
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      telemetry: { enabled: false },
      resourcePersistencePath: folder,
      workers: [await workerOf(file), await workerOf('bare')],
    } as unknown as V4MiniflareOptions), // its types want DOM's Response where Node has its own
  )
  const db = await miniflare.getD1Database('DB', file)
  await db.batch(
    tablesOf(contract)
      .flatMap(createTable)
      .map((sql) => db.prepare(sql)),
  )
  await fill(db, rows)
  const direct = async (name: string): Promise<URL> => miniflare.unsafeGetDirectURL(name)
  return {
    product: new URL(path, await direct(file)).href,
    bare: (await direct('bare')).origin,
    db,
    bucket: await miniflare.getR2Bucket('EXPORTS', file),
    token: (scope) => signAccessToken(tokenKey, claimsOf(contract, audience, scope)),
    async scheduled() {
      const worker = await miniflare.getWorker(file)
      await worker.scheduled({ cron: '* * * * *', scheduledTime: new Date() })
    },
    async end() {
      await miniflare.dispose()
      rmSync(folder, { recursive: true })
    },
  }
}

function claimsOf({ id }: Contract, audience: string, scope: Scope) {
  const at = Math.floor(Date.now() / 1000)
  const source = scope === 'ingest' ? { source: 'bench' } : {}
  const grant = { grant: { id: 'bench', version: 1 }, view: wholeView }
  return {
    iss: issuer,
    aud: audience,
    sub: 'bench.reader',
    client_id: 'bench.reader',
    jti: crypto.randomUUID(),
    iat: at,
    exp: at + 3_600,
    scope,
    product: id,
    major: 1,
    ...(scope === 'read' || scope === 'aggregate' ? grant : source),
  }
}

async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
  })
  return outputFiles[0]?.text ?? ''
}

/** Rows as ingest stores them, a chunk a statement: what is measured is how they are read. */
async function fill(db: Database, rows: number): Promise<void> {
  const CHUNK = 5_000
  const fields = Object.keys(orders.fields)
  const columns = [...fields, '_seq', '_seq_arrival', '_version', '_hash', '_deleted', '_source']
  const { results } = await db.prepare('SELECT name FROM pragma_table_info(?)').bind('records').all()
  const there = new Set(results.map(({ name }) => name))
  const written = columns.filter((name) => there.has(name))
  for (let first = 0; first < rows; first += CHUNK) {
    const chunk = Array.from({ length: Math.min(CHUNK, rows - first) }, (_, i) => {
      const order = orderOf(first + i)
      const seq = first + i + 1
      const system = { _seq: seq, _seq_arrival: seq, _version: order['updated_at'], _hash: `h${seq}`, _deleted: 0, _source: 'bench' } // prettier-ignore
      return written.map((name) => ({ ...order, ...system })[name] ?? null)
    })
    const values = written.map((_, i) => `json_extract(value, '$[${i}]')`).join(', ')
    await db
      .prepare(`INSERT INTO records (${written.join(', ')}) SELECT ${values} FROM json_each(?)`)
      .bind(JSON.stringify(chunk))
      .run()
  }
  await db.batch([
    db.prepare("INSERT INTO _progress (name, as_of) VALUES ('bench', ?)").bind(new Date().toISOString()),
    db
      .prepare(
        `INSERT INTO _state (one, incarnation, seq, run, progress, progress_at)
         SELECT 1, 'bench', ?1, 0, json_object(name, as_of), ?1 FROM _progress`,
      )
      .bind(rows),
    db.prepare('PRAGMA optimize'),
  ])
}
