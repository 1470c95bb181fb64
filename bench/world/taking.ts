/** Takes rows in that it makes itself: how fast ingest is apart from HTTP, reading a body, and whoever sends. */
import type { D1Database } from '@cloudflare/workers-types'
import { accept } from '@meshloop/product/ingest/accept'
import { judgeFor } from '@meshloop/product/ingest/judge'
import { orderNow, orders } from './orders.ts'

/** As many as a streamed body is taken in by. */
const BATCH_ROWS = 5_000

const judge = judgeFor(orders)

export default {
  /** `?first=&rows=`: takes so many new orders in, 5,000 a transaction, as a streamed body is. `&judge`: judges them alone. */
  async fetch(request: Request, { DB }: { readonly DB: D1Database }): Promise<Response> {
    const { searchParams } = new URL(request.url)
    const [first, rows] = [Number(searchParams.get('first')), Number(searchParams.get('rows'))]
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
    for (let start = 0; start < rows; start += BATCH_ROWS) {
      const count = Math.min(BATCH_ROWS, rows - start)
      const batch = Array.from({ length: count }, (_, n) => orderNow(first + start + n))
      taken += searchParams.has('judge')
        ? judge(batch, Date.now()).good.length
        : (await accept(ingest, 'bench', batch, [])).accepted
    }
    return new Response(String(taken))
  },
}
