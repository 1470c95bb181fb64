/** A mesh of four small Workers in a folder of its own, laid out like this repository. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A checkout on disk that a test may change. */
export interface SmallMesh {
  readonly root: string
  /** A new, empty state folder within the checkout. */
  newState(): string
  write(path: string, text: string): void
  remove(): void
}

/** Makes the checkout; `files` are added or replace those of the same path. */
export function makeSmallMesh(files: Readonly<Record<string, string>> = {}): SmallMesh {
  const root = mkdtempSync(join(tmpdir(), 'small-mesh-'))
  let states = 0
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  for (const [path, text] of Object.entries({ ...smallMesh, ...files })) write(path, text)
  return {
    root,
    newState: () => join(root, '.meshloop', String(++states)),
    write,
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

const common = `compatibility_date = "2026-11-17"
compatibility_flags = ["global_fetch_strictly_public"]`

const smallMesh: Readonly<Record<string, string>> = {
  'wrangler.toml': `name = "platform-catalog"
main = "workers/platform/catalog/index.ts"
${common}
[vars]
ISSUER = "https://mesh.example"
[secrets]
required = ["ISSUER_KEY", "OPERATOR_KEY"]
`,

  // Keeps what it is asked to register in memory, and answers with it.
  'workers/platform/catalog/index.ts': `
const asked: unknown[] = []
export default {
  async fetch(request: Request, env: Record<string, string>): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/asked') return Response.json(asked)
    if (request.method === 'POST') {
      const key = request.headers.get('authorization')?.slice('Bearer '.length)
      asked.push({ path: pathname, operator: key === env.OPERATOR_KEY, body: await request.json() })
      return Response.json({}, { status: 201 })
    }
    return Response.json({ worker: 'catalog', pathname, env })
  },
}
`,

  'workers/purchase/orders/wrangler.toml': `name = "purchase-orders"
main = "index.ts"
${common}
[vars]
ISSUER = "https://mesh.example"
BASE_URL = "https://mesh.example/purchase/orders/v1"
SOURCES = '{"shop":{"over":"queue"},"file":{"over":"http","backfill":true}}'
[[d1_databases]]
binding = "DB"
database_name = "purchase-orders"
preview_database_id = "purchase-orders"
migrations_dir = "../../../migrations/purchase/orders"
[[queues.consumers]]
queue = "purchase-orders-ingest"
max_batch_size = 10
max_batch_timeout = 0
max_retries = 0
dead_letter_queue = "purchase-orders-ingest-dlq"
[[queues.consumers]]
queue = "purchase-orders-ingest-dlq"
max_batch_timeout = 0
`,
  'migrations/purchase/orders/0001_arrived.sql': `-- a semicolon in a value; and one in this comment
CREATE TABLE arrived (queue TEXT NOT NULL, body TEXT NOT NULL);
INSERT INTO arrived VALUES ('migration', 'a;b');
`,
  'workers/purchase/orders/index.ts': `
interface Env { DB: D1Database }
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const rows = await env.DB.prepare('SELECT * FROM arrived').all()
    return Response.json({ worker: 'orders', pathname: new URL(request.url).pathname, arrived: rows.results, env })
  },
  async queue(batch: MessageBatch<string>, env: Env): Promise<void> {
    if (batch.messages.some(({ body }) => body === 'poison') && !batch.queue.endsWith('-dlq')) throw new Error('poison')
    for (const { body } of batch.messages)
      await env.DB.prepare('INSERT INTO arrived VALUES (?, ?)').bind(batch.queue, body).run()
  },
}
`,

  'workers/platform/steward/wrangler.toml': `name = "platform-steward"
main = "index.ts"
${common}
[secrets]
required = ["CLIENT_KEY"]
[triggers]
crons = ["* * * * *"]
[[kv_namespaces]]
binding = "FLAGS"
id = "flags"
`,
  'workers/platform/steward/index.ts': `
interface Env { FLAGS: KVNamespace }
export default {
  async fetch(): Promise<Response> { return new Response('steward') },
  async scheduled(controller: ScheduledController, env: Env): Promise<void> {
    if (controller.cron === 'fails') throw new Error('a scheduled run that fails')
    await env.FLAGS.put('head', 'set by ' + controller.cron)
  },
}
`,

  'workers/shop/storefront/wrangler.toml': `name = "shop-storefront"
main = "index.ts"
${common}
[vars]
ISSUER = "https://mesh.example"
SOURCE = "shop"
ENVIRONMENT = "prod"
FLAGS_PINS = '[{"aud":"prod/risk.fraud/v1/checkout"}]'
[secrets]
required = ["CLIENT_KEY", "SOURCE_KEY", "FLAGS_SECRET", "SESSION_SECRET"]
[[kv_namespaces]]
binding = "FLAGS"
id = "flags"
[[queues.producers]]
binding = "ORDERS"
queue = "purchase-orders-ingest"
`,
  'workers/shop/storefront/index.ts': `
import { greeting } from './greeting.ts'
interface Env { FLAGS: KVNamespace; ORDERS: Queue; ISSUER: string }
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { searchParams } = new URL(request.url)
    const message = searchParams.get('send')
    if (message !== null) await env.ORDERS.send(message)
    const path = searchParams.get('fetch')
    const fetched = path === null ? null : await (await fetch(env.ISSUER + path)).json()
    return Response.json({ worker: 'storefront', greeting, flag: await env.FLAGS.get('head'), fetched, env })
  },
}
`,
  'workers/shop/storefront/greeting.ts': `export const greeting = 'hello'\n`,
}
