/** What somebody would write by hand for the same table: raw D1, no checks, no token, no headers but the type. */

interface Statement {
  bind(...values: unknown[]): Statement
  all(): Promise<{ readonly results: readonly unknown[] }>
}

interface Env {
  readonly DB: { prepare(text: string): Statement }
  readonly EXPORTS: { get(key: string): Promise<{ readonly body: ReadableStream } | null> }
}

const columns =
  'order_id, customer_id, placed_at, updated_at, status, total_cents, currency, shipping_address_id, payment_method_id, item_count, campaign_id, session_id'

const page = `SELECT ${columns} FROM records WHERE _deleted = 0 AND status = ? ORDER BY placed_at DESC, order_id DESC LIMIT ?`
const one = `SELECT ${columns} FROM records WHERE order_id = ? AND _deleted = 0`
const groups = `SELECT status, count(*) AS orders FROM records WHERE _deleted = 0 GROUP BY status ORDER BY status`
const days = `SELECT status, currency, substr(placed_at, 1, 10) AS day, count(*) AS orders, sum(total_cents) AS turnover FROM records WHERE _deleted = 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT 1000`

/** `/records`, `/records/{order_id}`, `/aggregate`, `/days`, `/files/{name}` of the bucket, and `/text`: a constant. */
export default {
  async fetch(request: Request, { DB, EXPORTS }: Env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/text') return new Response('the same each time')
    if (pathname === '/records') {
      const limit = Number(searchParams.get('limit') ?? 100)
      const { results } = await DB.prepare(page).bind(searchParams.get('status'), limit).all()
      return Response.json({ records: results })
    }
    if (pathname.startsWith('/files/'))
      return new Response((await EXPORTS.get(pathname.slice(1)))?.body ?? null)
    if (pathname === '/aggregate') return Response.json({ groups: (await DB.prepare(groups).all()).results })
    if (pathname === '/days') return Response.json({ groups: (await DB.prepare(days).all()).results })
    const [record] = (await DB.prepare(one).bind(pathname.slice('/records/'.length)).all()).results
    return record ? Response.json(record) : new Response('none', { status: 404 })
  },
}
