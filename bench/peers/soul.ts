/** soul-cli on a SQLite file, with the same orders and indexes. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { orderOf, orders } from '../world/orders.ts'
import { ownEnvironment } from './install.ts'
import { answering, freePort, type Peer } from './peer.ts'

const fields = Object.keys(orders.fields)

/** Starts it with so many orders. */
export async function startSoul(folder: string, rows: number): Promise<Peer> {
  const data = mkdtempSync(join(tmpdir(), 'meshloop-soul-'))
  const file = join(data, 'orders.db')
  fill(file, rows)
  const port = await freePort()
  const server = spawn('node', [join(folder, 'node_modules/soul-cli/src/server.js'), '-d', file, '-p', String(port), '--rate-limit-enabled=false'], { cwd: data, env: { ...ownEnvironment(), NO_CLI: 'false' }, stdio: 'ignore' }) // prettier-ignore
  const rowsUrl = `http://127.0.0.1:${port}/api/tables/orders/rows`
  const one = { url: `${rowsUrl}/${String(orderOf(42)['order_id'])}` }
  const page = { url: `${rowsUrl}?_filters=status:paid&_ordering=-placed_at&_limit=50` }
  await answering(one, (json) => JSON.stringify(json).includes('ord_00000042'))
  await answering(page, (json) => JSON.stringify(json).split('"order_id"').length === 51)
  return {
    name: 'soul-cli 0.8.2, SQLite',
    page,
    one,
    end() {
      server.kill()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

function fill(file: string, rows: number): void {
  const db = new DatabaseSync(file)
  const types = fields.map((name) => `${name} ${/_cents$|_count$/.test(name) ? 'INTEGER' : 'TEXT'}`)
  db.exec(`CREATE TABLE orders (${types.join(', ')}, PRIMARY KEY (order_id)); BEGIN`)
  const insert = db.prepare(`INSERT INTO orders VALUES (${fields.map(() => '?').join(', ')})`)
  for (let n = 0; n < rows; n++) {
    const order = orderOf(n)
    insert.run(...fields.map((name) => order[name] ?? null))
  }
  db.exec('COMMIT')
  for (const index of [
    'customer_id',
    'status',
    'campaign_id',
    'placed_at',
    'updated_at',
    'status, placed_at',
  ])
    db.exec(`CREATE INDEX "by ${index}" ON orders (${index})`)
  db.exec('ANALYZE')
  db.close()
}
