/**
 * What a run of a derived product costs when its inputs and records grow a hundredfold and the change stays the same:
 * `pnpm exec node bench/derive.ts`. Needs about 4 GB of disk and some minutes.
 */
import { createTable, type Table } from '@meshloop/product/migrate'
import { median, millisecondsOf, run as runParts, type Figure, type Part } from './side-by-side.ts'
import { customers } from './world/customers.ts'
import { inWorld, type World } from './world/open-world.ts'

const [FEW, MANY] = [50_000, 5_000_000]
/** Rows of one statement: D1 ends one after 30 seconds. */
const STEP = 250_000
const ROUNDS = 30
/** Orders of a change, each of another customer; or visits, each of an order of another customer. */
const CHANGED = 100
/** Of each customer: `build` sees as many. */
const ORDERS = 10

/** A feed that the product reads: its place counts the changes that came, the last of which is in it. */
class Feed {
  place = 0
  changes: readonly object[] = []

  add(changes: readonly object[]): void {
    this.place++
    this.changes = changes
  }
}

interface Feeds {
  readonly orders: Feed
  readonly visits: Feed
}

/** Milliseconds and rows of runs with the same change, among 5,000,000 mirrored rows of each input and among 50,000. */
async function measureDerivation(world: World, feeds: Feeds): Promise<readonly Figure[]> {
  await makeTables(world)
  await run(world)
  const measured = async (rows: number) => ({
    orders: await runsOf(world, feeds.orders, (round, n) => newOrder(round, n, rows / ORDERS)),
    visits: await runsOf(world, feeds.visits, (round, n) => newVisit(round, n, rows / ORDERS)),
  })
  await grow(world, 0, FEW)
  const few = await measured(FEW)
  await grow(world, FEW, MANY)
  const many = await measured(MANY)
  return (['orders', 'visits'] as const).flatMap((input) => {
    const what = `A run with ${CHANGED} changed ${input}: of ${MANY} rows against ${FEW}`
    const [ours, other] = [many[input], few[input]]
    // As many rows, but fewer of their pages are in SQLite's cache of two megabytes.
    return [
      { what, ours: ours.ms, other: other.ms, unit: 'ms', target: { atMost: 3 } },
      { what: `${what}, rows read`, ours: ours.read, other: other.read, unit: 'rows', target: { atMost: 1.05 } },
      { what: `${what}, rows written`, ours: ours.written, other: other.written, unit: 'rows' },
    ] // prettier-ignore
  })
}

/** A catalog that knows the inputs, and the inputs' feeds: their cursors are the places. */
const meshWith =
  (feeds: Feeds) =>
  ({ pathname, searchParams }: URL): Response | undefined => {
    const name = pathname.includes('visits') ? 'visits' : 'orders'
    const feed = feeds[name]
    if (pathname.startsWith('/products/'))
      return Response.json({ url: `https://data.bench/bench/${name}/v1` })
    if (pathname === '/oauth/token')
      return Response.json({ access_token: 't', token_type: 'Bearer', expires_in: 3_600 })
    if (pathname.endsWith('/exports')) return Response.json({ exports: [] })
    if (!pathname.endsWith('/changes')) return undefined
    const isNew = searchParams.get('after') !== String(feed.place)
    const as_of = new Date().toISOString()
    return Response.json({
      changes: isNew ? feed.changes : [],
      next_cursor: String(feed.place),
      more: false,
      as_of,
    })
  }

async function makeTables({ db, product }: World): Promise<void> {
  const tables = (await (await fetch(new URL('/tables', product))).json()) as Table[]
  const { results } = await db.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).all()
  const there = new Set(results.map(({ name }) => name))
  const missing = tables.filter(({ name }) => !there.has(name)).flatMap(createTable)
  await db.batch(missing.map((sql) => db.prepare(sql)))
}

interface Ran {
  readonly done: boolean
  readonly built: number
  readonly rows_read: number
  readonly rows_written: number
}

async function run({ product, token }: World): Promise<Ran> {
  const headers = { authorization: `Bearer ${await token('run')}` }
  const answer = await fetch(`${product}/run`, { method: 'POST', headers })
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
  return answer.json() as never // as derive/report.ts answers it
}

/** Medians of runs, each with changes of customers all over the table. */
async function runsOf(world: World, feed: Feed, change: (round: number, n: number) => object) {
  await world.db.prepare('PRAGMA optimize=0x10002').run()
  const ms: number[] = []
  const read: number[] = []
  const written: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const added = feed.place + 1
    feed.add(Array.from({ length: CHANGED }, (_, n) => change(added, n)))
    let ran: Ran | undefined
    const taken = await millisecondsOf(async () => (ran = await run(world)))
    if (!ran?.done || ran.built !== CHANGED) throw new Error(`not one run: ${JSON.stringify(ran)}`)
    if (round === 0) continue // finds address and token
    ms.push(taken)
    read.push(ran.rows_read)
    written.push(ran.rows_written)
  }
  return { ms: median(ms), read: median(read), written: median(written) }
}

function newOrder(round: number, n: number, customerCount: number) {
  const record = {
    order_id: `new_${round}_${n}`,
    customer_id: customerOf(anyOf(round, n, customerCount)),
    placed_at: new Date(Date.UTC(2026, 0, 1) + round * 60_000).toISOString(),
    total_cents: 1_000 + n,
    session_id: null,
  }
  return { op: 'upsert', record }
}

/** The visit of a customer's last order but one, on another device than before. */
function newVisit(round: number, n: number, customerCount: number) {
  const order = anyOf(round, n, customerCount) * ORDERS + ORDERS - 2
  const device = round % 2 === 0 ? 'phone' : 'computer'
  const at = new Date(Date.UTC(2026, 0, 1) + round * 60_000).toISOString()
  return { op: 'upsert', record: { visit_id: visitOf(order), at, device } }
}

/** Customers all over the table, each another one. */
const anyOf = (round: number, n: number, customerCount: number): number =>
  ((round * CHANGED + n) * 7919) % customerCount

const customerOf = (n: number): string => `cust_${String(n).padStart(7, '0')}`

const visitOf = (n: number): string => `ses_${String(n).padStart(8, '0')}`

/** Makes rows where they stand: orders in the mirror in another order than their customers, a visit of each, and a record of each customer. */
async function grow({ db }: World, from: number, to: number): Promise<void> {
  const counted = (first: number, end: number): string =>
    `WITH RECURSIVE c(n) AS (SELECT ${first} UNION ALL SELECT n + 1 FROM c WHERE n < ${end - 1})`
  for (let first = from; first < to; first += STEP) {
    const end = Math.min(first + STEP, to)
    await db.batch([
      db.prepare(
        `INSERT INTO _in_orders (order_id, customer_id, placed_at, total_cents, session_id, _life)
           ${counted(first, end)} SELECT printf('ord_%08d', n), printf('cust_%07d', n / ${ORDERS}),
             strftime('%Y-%m-%dT%H:%M:00.000Z', '2001-01-01', '+' || n || ' minutes'), 1000, printf('ses_%08d', n), 1 FROM c`,
      ),
      db.prepare(
        `INSERT INTO _in_visits (visit_id, at, device, _life)
           ${counted(first, end)} SELECT printf('ses_%08d', n), '2001-01-01T00:00:00.000Z', 'computer', 1 FROM c`,
      ),
      db.prepare(
        `INSERT INTO records (customer_id, last_at, orders, total_cents, phones, _seq, _version, _hash, _deleted, _source)
           ${counted(first / ORDERS, end / ORDERS)} SELECT printf('cust_%07d', n), '2001-01-01T00:00:00.000Z', ${ORDERS}, 10000, 0,
             n + 1000000000, '2001-01-01T00:00:00.000Z', 'h', 0, 'build' FROM c`,
      ),
      db.prepare('UPDATE _state SET seq = max(seq, 2000000000)'),
    ])
  }
}

/** Derivation, as a part of the whole. */
export const derivation: Part = {
  title: 'Derivation',
  async measure() {
    const feeds = { orders: new Feed(), visits: new Feed() }
    const served = { contract: customers, file: 'derived', mesh: meshWith(feeds) }
    return inWorld(0, (world) => measureDerivation(world, feeds), served)
  },
}

if (import.meta.main) await runParts([derivation])
