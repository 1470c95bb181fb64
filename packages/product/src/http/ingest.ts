/** The ingest port: a source sends rows with its token. */
import type { Runtime } from '../env.ts'
import { idempotencyKey, once } from '../ingest/idempotency.ts'
import { takeBatches } from '../ingest/take.ts'
import { MAX_BODY_BYTES } from '../limits.ts'
import { ProductError } from '../problems.ts'
import { readBatches } from './batches.ts'
import { readText } from './body-text.ts'

/**
 * `POST /ingest`: each row is accepted, repeated or quarantined. A JSON body is one transaction; NDJSON is taken in as it comes,
 * 5,000 rows a transaction. With an Idempotency-Key the body is read whole first, since its hash decides.
 */
export async function ingest(runtime: Runtime, source: string, request: Request): Promise<Response> {
  const { contract, sources, door, now, env } = runtime
  const registered = sources[source]
  if (!registered || registered.over !== 'http')
    throw new ProductError('source_unknown', `${source} does not send to ${contract.id} over HTTP.`)
  const key = idempotencyKey(request.headers)
  const mayNotClaim = registered.backfill
    ? `${source} is a backfill source: it says nothing about completeness.`
    : undefined
  const take = async (body: Request) => {
    const batches = readBatches(body, { now: now(), mayNotClaim })
    const { rejected, ...outcome } = await takeBatches(runtime.ingest, source, batches, door.sized)
    const told = rejected.map(({ index, row, errors }) => ({ index, key: keyOf(runtime, row), errors }))
    return { ...outcome, rejected: told }
  }
  return door.enter(source, async () => {
    if (key === undefined) return Response.json(await take(request))
    const type = request.headers.get('content-type') ?? ''
    const text = await readText(request, MAX_BODY_BYTES)
    const sent = `${new URL(request.url).search}\n${type}\n${text}`
    const { answer, replayed } = await once(env.DB, now, { source, key, sent }, () =>
      take(new Request(request.url, { method: 'POST', headers: { 'content-type': type }, body: text })),
    )
    return Response.json(answer, replayed ? { headers: { 'idempotency-replayed': 'true' } } : {})
  })
}

function keyOf({ contract }: Runtime, row: unknown): unknown {
  if (typeof row !== 'object' || row === null) return undefined
  return Object.fromEntries(contract.key.map((name) => [name, Reflect.get(row, name)]))
}
