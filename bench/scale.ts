/** How a page costs when the table grows a hundredfold: `pnpm exec node bench/scale.ts`. Needs about 5 GB of disk and some minutes. */
import { inWorld, type World } from './world/open-world.ts'
import { statuses } from './world/orders.ts'
import { median, millisecondsOf, run, type Figure, type Part } from './side-by-side.ts'

const [FEW, MANY] = [50_000, 5_000_000]
/** Rows of one statement: D1 ends one after 30 seconds. */
const STEP = 250_000
const REQUESTS = 200

/** Milliseconds of an indexed page among 5,000,000 orders, held against the same among 50,000. */
async function measureScale(world: World): Promise<readonly Figure[]> {
  await grow(world, 0, FEW)
  const few = await pagesOf(world, FEW)
  await grow(world, FEW, MANY)
  const many = await pagesOf(world, MANY)
  return pages.map((what, i) => ({
    what: `${what}: of ${MANY} orders against ${FEW}`,
    ours: many[i] ?? NaN,
    other: few[i] ?? NaN,
    unit: 'ms',
    target: { atMost: 2 },
  }))
}

const pages = ['Page of 50 by status, the newest', 'Page of 50 of a customer', 'Page of 50 deep in a span of time'] as const // prettier-ignore

/** Medians of pages at random places, one after the other, so that none is a repeat. */
async function pagesOf(world: World, rows: number): Promise<readonly number[]> {
  await world.db.prepare('PRAGMA optimize=0x10002').run()
  const headers = { authorization: `Bearer ${await world.token('read')}`, 'cache-control': 'no-cache' }
  const queryOf = [
    (n: number) => `status=${statuses[n % statuses.length]}&sort=-placed_at&placed_at[lt]=${timeOf(n)}`,
    (n: number) => `customer_id=cust_${n % 5_000}`,
    (n: number) => `sort=placed_at&placed_at[gte]=${timeOf(n)}`,
  ]
  const medians: number[] = []
  for (const query of queryOf) {
    const times: number[] = []
    for (let turn = 0; turn < REQUESTS + 20; turn++) {
      // Far apart, and none twice: steps of a prime through all of them.
      const n = 1_000 + ((turn * 7_919_993) % (rows - 2_000))
      const ms = await millisecondsOf(async () => {
        const response = await fetch(`${world.product}/records?limit=50&${query(n)}`, { headers })
        const { records } = (await response.json()) as { records: unknown[] }
        if (records.length === 0) throw new Error(`${response.status} of ${query(n)}`)
      })
      if (turn >= 20) times.push(ms)
    }
    medians.push(median(times))
  }
  return medians
}

const timeOf = (n: number): string => new Date(Date.UTC(2001, 0, 1) + n * 60_000).toISOString()

/** Makes orders where they stand, with numbers in the text: bound ones would be no integers. One a minute, keys in another order than times, everything else spread evenly. */
async function grow({ db }: World, from: number, to: number): Promise<void> {
  for (let first = from; first < to; first += STEP) {
    const end = Math.min(first + STEP, to)
    await db.batch([
      db.prepare(
        `INSERT INTO records (order_id, customer_id, placed_at, updated_at, status, total_cents, currency, item_count, campaign_id, _seq, _version, _hash, _deleted, _source)
           WITH RECURSIVE c(n) AS (SELECT ${first} UNION ALL SELECT n + 1 FROM c WHERE n < ${end - 1}),
             d AS (SELECT n, strftime('%Y-%m-%dT%H:%M:00.000Z', '2001-01-01', '+' || n || ' minutes') AS at FROM c)
           SELECT printf('ord_%08d', n * 7 % 9999991), 'cust_' || (n * 7919 % 5000), at, at,
             json_extract('${JSON.stringify(statuses)}', '$[' || (n % 4) || ']'), 1000 + n % 50000, 'EUR', 1 + n % 9,
             CASE n % 3 WHEN 0 THEN NULL ELSE 'cmp_' || (n % 40) END, n + 1, at, 'h', 0, 'bench' FROM d`,
      ),
      db.prepare(
        `INSERT INTO _state (one, incarnation, seq, run) VALUES (1, 'bench', ${end}, 0) ON CONFLICT DO UPDATE SET seq = excluded.seq`,
      ),
    ])
  }
}

/** Scale, as a part of the whole. */
export const scale: Part = { title: 'Scale', measure: async () => inWorld(0, measureScale) }

if (import.meta.main) await run([scale])
