/** Takes rows in that it has made itself: how fast ingest is apart from HTTP, reading a body, and whoever sends. */
import type { D1Database } from '@cloudflare/workers-types'
import { accept } from '@meshloop/product/ingest/accept'
import { judgeFor } from '@meshloop/product/ingest/judge'
import { orderNow, orders } from './orders.ts'

/** As many as a streamed body is taken in by. */
const BATCH_ROWS = 5_000

const judge = judgeFor(orders)

/** Made by a request of their own, so that making them is not measured. */
let made: readonly ReturnType<typeof orderNow>[] = []

export default {
  /** `?first=&rows=`: makes so many new orders. `?`: takes them in, 5,000 a transaction, as a streamed body is. `?judge`: judges them alone. */
  async fetch(request: Request, { DB }: { readonly DB: D1Database }): Promise<Response> {
    const { searchParams } = new URL(request.url)
    if (searchParams.has('rows')) {
      const [first, rows] = [Number(searchParams.get('first')), Number(searchParams.get('rows'))]
      made = Array.from({ length: rows }, (_, n) => orderNow(first + n))
      return new Response(String(made.length))
    }
    const ingest = {
      db: DB,
      contract: orders,
      judge,
      sources: { bench: { over: 'http' as const } },
      expected: ['bench'],
      now: () => Date.now(),
      newIncarnation: () => crypto.randomUUID(),
    }
    let taken = 0
    for (let start = 0; start < made.length; start += BATCH_ROWS) {
      const batch = made.slice(start, start + BATCH_ROWS)
      taken += searchParams.has('judge')
        ? judge(batch, Date.now()).good.length
        : (await accept(ingest, 'bench', batch, [])).accepted
    }
    return new Response(String(taken))
  },
}
