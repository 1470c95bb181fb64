/**
 * The internet as the client's tests see it, in Node: a catalog at catalog.test, and products that answer well or badly.
 * What is wrong is told by the name: of the product in the catalog, of the host at the token endpoint, of the path at a product.
 */

/** A request as it leaves the Worker. */
interface Outbound {
  readonly url: string
  readonly method: string
  readonly headers: { get(name: string): string | null }
  text(): Promise<string>
}

const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  Response.json(value, { status, headers })
const problem = (status: number, code: string): Response =>
  json(
    { type: `https://catalog.test/problems/${code}`, title: 'T', status, detail: 'Because.', code },
    status,
  )

/** How anything can be answered badly. */
const spoiled: Readonly<Record<string, () => Response>> = {
  html: () => new Response('<h1>Hello</h1>', { headers: { 'content-type': 'text/html' } }),
  empty: () => new Response(null, { status: 204 }),
  shape: () => json({ hello: 'world' }),
  list: () => json([]),
  nothing: () => json(null),
  huge: () => new Response(`"${'x'.repeat(8_000_000)}"`),
  redirect: () =>
    new Response(null, { status: 307, headers: { location: 'https://good.test/good/orders/v1/records' } }),
  down: () => new Response('<h1>Sorry</h1>', { status: 503 }),
  fault: () => problem(500, 'internal'),
  unsure: () => problem(503, 'revocations_unknown'),
  cut: () => new Response('{"records":['),
}

/** What the catalog says of a product beside `good.orders`. */
const addresses: Readonly<Record<string, string>> = {
  'bad.major': 'https://good.test/bad/major/v2',
  'bad.path': 'https://good.test/good/orders/v1',
  'bad.slash': 'https://good.test/bad/slash/v1/',
  'bad.scheme': 'http://good.test/bad/scheme/v1',
  'bad.credentials': 'https://user:word@good.test/bad/credentials/v1',
  'bad.query': 'https://good.test/bad/query/v1?x=1',
  'bad.relative': '/bad/relative/v1',
}

/** Answers every request that leaves the Worker. */
export async function internet(request: Outbound): Promise<Response> {
  const { hostname, pathname } = new URL(request.url)
  if (hostname === 'catalog.test')
    return pathname === '/oauth/token'
      ? sell(request)
      : catalogAnswer(/^\/products\/(.+)\.json$/.exec(pathname)?.[1] ?? '')
  return productAnswer(request)
}

function catalogAnswer(id: string): Response {
  const [, name = ''] = id.split('.')
  const answer = id.startsWith('bad.') ? spoiled[name] : undefined
  if (answer) return answer()
  // `seller.<how>` is a product whose token is sold badly, `good.<any>` and `revoked.<any>` are good ones.
  const url = addresses[id] ?? (id.startsWith('bad.') ? undefined : productUrl(id))
  return url === undefined ? problem(404, 'product_unknown') : json({ id, url, more: 'members' })
}

const productUrl = (id: string): string =>
  `https://${id.startsWith('seller.') ? id.slice(7) : id.split('.')[0]}.test/${id.replace('.', '/')}/v1`

/** Sells a token that says who bought it for what. */
async function sell(request: Outbound): Promise<Response> {
  const form = new URLSearchParams(await request.text())
  const resource = new URL(form.get('resource') ?? '')
  const how = resource.hostname.replace(/\.test$/, '')
  if (form.get('grant_type') !== 'client_credentials') return problem(400, 'grant_type_unknown')
  const [id = '', key = ''] = atob(request.headers.get('authorization')?.slice(6) ?? '').split(':')
  if (!key.includes(`_${id}_`))
    return json({ error: 'invalid_client', error_description: 'Because.', code: 'client_unknown' }, 401)
  if (how === 'ungranted')
    return json({ error: 'invalid_scope', error_description: 'No right.', code: 'right_missing' }, 400)
  const sold = { access_token: `${id}.${form.get('scope')}`, token_type: 'Bearer', expires_in: 600 }
  if (how === 'mac') return json({ ...sold, token_type: 'mac' })
  if (how === 'split') return json({ ...sold, access_token: 'two words' })
  if (how === 'ended') return json({ ...sold, expires_in: 0 })
  return spoiled[how]?.() ?? json(sold)
}

let revoked = 0

/** `/echo` tells what arrived, `/<how>` answers badly, the ports answer as a product does. */
async function productAnswer(request: Outbound): Promise<Response> {
  const { pathname, searchParams, hostname } = new URL(request.url)
  const path = pathname.split('/').slice(4).join('/')
  const authorization = request.headers.get('authorization')
  // Refuses every other token, as after a change of the grant.
  if (hostname === 'revoked.test' && revoked++ % 2 === 0) return problem(401, 'token_revoked')
  if (hostname === 'closed.test') return problem(401, 'token_invalid')
  if (path === 'echo')
    return json({
      method: request.method,
      authorization,
      contentType: request.headers.get('content-type'),
      body: await request.text(),
    })
  const limit = Number(searchParams.get('limit') ?? 100)
  const cursor = searchParams.get('after') ?? searchParams.get('cursor') ?? searchParams.get('session_id')
  const asOf = { 'meshloop-as-of': '2026-11-20T12:00:00.000Z' }
  if (path === 'leaving') return json({}, searchParams.has('refused') ? 400 : 200, leaving)
  if (path === 'ingest') return ingestAnswer(await request.text())
  if (path === 'changes') return spoiled[cursor ?? '']?.() ?? changesAnswer(cursor, limit)
  if (path === 'records') return spoiled[cursor ?? '']?.() ?? recordsAnswer(cursor, asOf)
  if (path === 'records/ord%2F1/2')
    return json({ order_id: 'ord/1', line: '2', placed_at, note: 'x' }, 200, asOf)
  if (path.startsWith('records/')) return problem(404, 'record_not_found')
  return spoiled[path]?.() ?? problem(404, 'not_found')
}

/** A major that goes, with another link that has a comma in it. */
const leaving = {
  deprecation: '@1794700800',
  sunset: 'Mon, 15 Nov 2027 23:59:59 GMT',
  link: '<https://good.test/a?b=1,2>; rel="next", <https://good.test/good/orders/v2>; rel="successor-version"',
}

const placed_at = '2026-11-01T09:30:00.000Z'

function ingestAnswer(text: string): Response {
  const { rows, complete_up_to } = JSON.parse(text) as { rows: unknown[]; complete_up_to?: string }
  const outcome = { accepted: rows.length, repeated: 0, quarantined: 0, rejected: [] }
  return json({ ...outcome, as_of: complete_up_to ?? null })
}

function changesAnswer(after: string | null, limit: number): Response {
  const page = {
    changes: [
      { op: 'upsert', record: { order_id: 'o' } },
      { op: 'delete', key: { order_id: 'p' } },
    ],
    next_cursor: 'next',
    more: false,
    as_of: placed_at,
  }
  switch (after) {
    case null:
      return json({ ...page, changes: page.changes.slice(0, limit) })
    case 'old':
      return problem(410, 'resync_required')
    case 'op':
      return json({ ...page, changes: [{ op: 'replace', record: {} }] })
    case 'record':
      return json({ ...page, changes: [{ op: 'upsert', record: 'x' }] })
    case 'cursor':
      return json({ ...page, next_cursor: null })
    case 'time':
      return json({ ...page, as_of: 'yesterday' })
    default:
      return json({ ...page, changes: Array.from({ length: limit + 1 }, () => page.changes[0]) })
  }
}

function recordsAnswer(cursor: string | null, headers: Record<string, string>): Response {
  const row = { order_id: 'ord_1', line: '1', placed_at, note: null }
  const answer = (record: unknown, more: Record<string, string> = {}) =>
    json({ records: [record], next_cursor: 'next' }, 200, { ...headers, ...more })
  switch (cursor) {
    case 'later-version':
      return answer({ ...row, colour: 'red' })
    case 'earlier-version': {
      const { note: _, ...before } = row
      return answer(before)
    }
    case 'missing':
      return answer({ ...row, line: undefined })
    case 'type':
      return answer({ ...row, line: 1 })
    case 'record':
      return answer('row')
    case 'as-of':
      return answer(row, { 'meshloop-as-of': 'yesterday' })
    default:
      return answer(row)
  }
}
