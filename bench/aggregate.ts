/**
 * Totals of 100,000 orders by day: counted from the records, read from a rollup, and by SQL that was written by hand; and what
 * it costs to keep them: `pnpm exec node bench/aggregate.ts`.
 */
import { rollupSeeds } from '@meshloop/product/migrate'
import { median, millisecondsOf, run, type Figure, type Part } from './side-by-side.ts'
import { keptOrders } from './world/kept-orders.ts'
import { inWorld, type World } from './world/open-world.ts'
import { orderOf } from './world/orders.ts'

const ROWS = 100_000
const SENT = 2_000
const ROUNDS = 7

/** Milliseconds of a request, each in turns with the other Worker, and the rows that it reads. */
async function measureTotals(world: World): Promise<readonly Figure[]> {
  for (const { statement } of rollupSeeds(keptOrders)) await world.db.prepare(statement).run()
  const headers = { authorization: `Bearer ${await world.token('read')}`, 'cache-control': 'no-cache' }
  const by = 'by=status,currency,placed_at.day&limit=1000'
  const asked = {
    counted: `/aggregate?measures=orders,turnover,first&${by}`,
    counted_there: `/aggregate?measures=orders,turnover&${by}&time_zone=Europe/Berlin`,
    kept: `/aggregate?measures=orders,turnover&${by}`,
    month: '/aggregate?measures=orders,turnover&by=currency,placed_at.month',
  }
  const timeOf = (url: string): Promise<number> =>
    millisecondsOf(async () => {
      const answer = await fetch(url, { headers })
      if (!answer.ok) throw new Error(`${url}: ${answer.status}`)
      await answer.arrayBuffer()
    })
  const beside = async (path: string): Promise<{ readonly ours: number; readonly other: number }> => {
    const times: { ours: number[]; other: number[] } = { ours: [], other: [] }
    for (let round = 0; round < ROUNDS; round++) {
      times.ours.push(await timeOf(world.product + path))
      times.other.push(await timeOf(`${world.bare}/days`))
    }
    return { ours: median(times.ours), other: median(times.other) }
  }
  const rowsRead = async (path: string): Promise<number> => {
    const { headers: told } = await fetch(world.product + path, { headers })
    return Number(/rows_read;desc="(\d+)"/.exec(told.get('server-timing') ?? '')?.[1])
  }
  /** The isolate is made to forget by a batch that is refused: what it answers then comes from the location's cache. */
  const forgetting = { authorization: `Bearer ${await world.token('ingest')}`, 'content-type': 'application/json' } // prettier-ignore
  const fromCache = async (): Promise<number> => {
    const { authorization } = headers
    const times: number[] = []
    for (let round = 0; round <= ROUNDS; round++) {
      await fetch(`${world.product}/ingest`, { method: 'POST', headers: forgetting, body: '{' })
      let place = ''
      const ms = await millisecondsOf(async () => {
        const answer = await fetch(world.product + asked.counted, { headers: { authorization } })
        place = answer.headers.get('server-timing') ?? ''
        await answer.arrayBuffer()
      })
      if (round === 0) continue // it was put there
      if (!place.startsWith('cache;')) throw new Error(`not from the cache: ${place}`)
      times.push(ms)
    }
    return median(times)
  }
  const counted = await beside(asked.counted)
  return [
    { what: 'Days from the records, UTC, with a least', ...counted, unit: 'ms' },
    { what: 'The same from the location’s cache, beside from D1', ours: await fromCache(), other: counted.ours, unit: 'ms' },
    { what: 'Days from the records, Europe/Berlin', ...(await beside(asked.counted_there)), unit: 'ms' },
    { what: 'Days from a rollup', ...(await beside(asked.kept)), unit: 'ms', target: { atMost: 0.25 } },
    { what: 'Months from a rollup of days', ...(await beside(asked.month)), unit: 'ms', target: { atMost: 0.25 } },
    { what: 'Days from the records: rows read', ours: await rowsRead(asked.counted), unit: 'rows' },
    { what: 'Days from the records, Europe/Berlin: rows read', ours: await rowsRead(asked.counted_there), unit: 'rows' },
    { what: 'Days from a rollup: rows read', ours: await rowsRead(asked.kept), unit: 'rows' },
  ] // prettier-ignore
}

/** Rows a second that are taken in while totals are kept, in turns with a product that keeps none. */
async function measureKeeping(keeping: World, plain: World): Promise<Figure> {
  const send = async ({ product, token }: World, round: number): Promise<number> => {
    const rows = Array.from({ length: SENT }, (_, i) => orderOf(round * SENT + i))
    const init = {
      method: 'POST',
      headers: { authorization: `Bearer ${await token('ingest')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ rows }),
    }
    const ms = await millisecondsOf(async () => {
      const answer = await fetch(`${product}/ingest`, init)
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
    })
    return (SENT / ms) * 1000
  }
  const rates: { ours: number[]; other: number[] } = { ours: [], other: [] }
  for (let round = 0; round < ROUNDS; round++) {
    rates.ours.push(await send(keeping, round))
    rates.other.push(await send(plain, round))
  }
  return { what: 'Ingest while totals are kept', ours: median(rates.ours), other: median(rates.other), unit: 'rows/s' } // prettier-ignore
}

const served = { contract: keptOrders, file: 'kept' }

async function measureAll(): Promise<readonly Figure[]> {
  const figures = await inWorld(ROWS, measureTotals, served)
  const keeping = await inWorld(
    0,
    async (kept) => inWorld(0, async (plain) => measureKeeping(kept, plain)),
    served,
  )
  return [...figures, keeping]
}

/** Totals, as a part of the whole. */
export const totals: Part = { title: 'Totals', measure: measureAll }

if (import.meta.main) await run([totals])
