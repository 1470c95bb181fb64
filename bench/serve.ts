/** How fast a product answers, beside a Worker written by hand: `pnpm exec node bench/serve.ts`. */
import { orderOf } from './world/orders.ts'
import { inWorld, type World } from './world/open-world.ts'
import { requestsPerSecond, run, type Figure, type Load, type Part } from './side-by-side.ts'

const ROWS = 100_000
/** Different requests of one kind: with `no-cache` none of them is a repeat. */
const MANY = 500

/** Requests a second of pages, records, repeats and 304s, each in turns with the other Worker; and the rows that they read. */
async function measureServing(world: World): Promise<readonly Figure[]> {
  const authorization = `Bearer ${await world.token('read')}`
  const page = '/records?status=paid&sort=-placed_at&limit=50'
  const keys = Array.from({ length: MANY }, (_, i) => String(orderOf((i * 199) % ROWS)['order_id']))
  const fresh = { authorization, 'cache-control': 'no-cache' }
  const barePage: Load = { url: `${world.bare}/records?status=paid&limit=50` }
  const pages = await requestsPerSecond({ url: world.product + page, headers: fresh }, barePage)
  const repeats = await requestsPerSecond({ url: world.product + page, headers: { authorization } }, barePage)
  const records = await requestsPerSecond(
    { url: '', urls: keys.map((key) => `${world.product}/records/${key}`), headers: fresh },
    { url: '', urls: keys.map((key) => `${world.bare}/records/${key}`) },
  )
  const first = await fetch(world.product + page, { headers: { authorization } })
  const unchanged = await requestsPerSecond(
    {
      url: world.product + page,
      headers: { authorization, 'if-none-match': first.headers.get('etag') ?? '' },
    },
    { url: `${world.bare}/text` },
  )
  const rowsRead = async (path: string, headers: Readonly<Record<string, string>>): Promise<number> => {
    const { headers: told } = await fetch(world.product + path, { headers })
    return Number(/rows_read;desc="(\d+)"/.exec(told.get('server-timing') ?? '')?.[1])
  }
  const one = `/records/${keys[0]}`
  return [
    { what: 'Page of 50, filtered and sorted, from D1', ...pages, unit: 'req/s', target: { atLeast: 0.85 } },
    { what: 'The same again, from memory', ...repeats, unit: 'req/s', target: { atLeast: 4 } },
    { what: 'One record, from D1', ...records, unit: 'req/s', target: { atLeast: 0.85 } },
    { what: '304, beside a constant text', ...unchanged, unit: 'req/s', target: { atLeast: 0.8 } },
    {
      what: 'Page of 50: rows read',
      ours: await rowsRead(page, fresh),
      unit: 'rows',
      target: { atMost: 52 },
    },
    { what: 'One record: rows read', ours: await rowsRead(one, fresh), unit: 'rows', target: { atMost: 2 } },
    { what: 'Repeat: rows read', ours: await rowsRead(page, { authorization }), unit: 'rows', target: { atMost: 0 } }, // prettier-ignore
  ]
}

/** Serving, as a part of the whole. */
export const serving: Part = { title: 'Serving', measure: async () => inWorld(ROWS, measureServing) }

if (import.meta.main) await run([serving])
