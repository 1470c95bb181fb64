/**
 * Takes rows in that it has made itself: how fast ingest is apart from HTTP, reading a body, and whoever sends. Beside it what
 * somebody would write by hand: the same rows into the same table by one statement a chunk, not judged, not hashed.
 */
import type { D1Database } from '@cloudflare/workers-types'
import { accept } from '@meshloop/product/ingest/accept'
import { judgeFor } from '@meshloop/product/ingest/judge'
import { orderNow, orders } from './orders.ts'

/** As many as a streamed body is taken in by. */
const BATCH_ROWS = 5_000

const judge = judgeFor(orders)

const columns = [...Object.keys(orders.fields), '_version', '_hash', '_deleted', '_source', '_seq']
const plain = `INSERT OR REPLACE INTO records (${columns.join(', ')})
  SELECT ${columns.map((_, i) => `json_extract(value, '$[${i}]')`).join(', ')} FROM json_each(?)`
/** As many rows of these as fit in what D1 binds as one value. */
const CHUNK_ROWS = 2_500

async function takePlainly(db: D1Database, rows: typeof made): Promise<number> {
  const chunks = Array.from({ length: Math.ceil(rows.length / CHUNK_ROWS) }, (_, n) =>
    rows.slice(n * CHUNK_ROWS, (n + 1) * CHUNK_ROWS),
  )
  const statements = chunks.map((chunk) => {
    const values = chunk.map((row) => [...Object.values(row), row['updated_at'], '0123456789012345678901', 0, 'bench', -Number(String(row['order_id']).slice(4))]) // prettier-ignore
    return db.prepare(plain).bind(JSON.stringify(values))
  })
  const results = await db.batch(statements)
  return results.reduce((sum, { meta }) => sum + meta.changes, 0)
}

/** Made by a request of their own, so that making them is not measured. */
let made: readonly ReturnType<typeof orderNow>[] = []

export default {
  /** `?first=&rows=`: makes so many new orders. `?`: takes them in, 5,000 a transaction, as a streamed body is. `?judge`: judges them alone. `?plain`: by hand. */
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
      if (searchParams.has('judge')) taken += judge(batch, Date.now()).good.length
      else if (searchParams.has('plain')) taken += await takePlainly(DB, batch)
      else taken += (await accept(ingest, 'bench', batch, [])).accepted
    }
    return new Response(String(taken))
  },
}
